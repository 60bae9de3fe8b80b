"""Chart renderer in a subprocess, so that start-up and drawing overlap other work."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import IO

import msgspec

from harness.errors import HarnessError
from harness.home import package_folder

#: Function that draws specifications, each given as JSON.
Draw = Callable[[Sequence[str]], list[str]]


@contextmanager
def drawer() -> Iterator[Draw]:
    """Start a process that draws specifications, one request after the other, and end it.

    The function raises :class:`~harness.errors.HarnessError` if the process has failed.
    """
    with (
        tempfile.TemporaryFile() as errors,  # a file: a pipe that is not read would fill up
        subprocess.Popen(
            [sys.executable, "-P", "-m", __name__],
            env={**os.environ, "PYTHONPATH": str(package_folder("harness").parent)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
        ) as process,
    ):
        assert process.stdin is not None
        try:
            yield lambda sources: _ask(process, errors, sources)
        finally:
            process.kill()
            with suppress(BrokenPipeError):  # input that it no longer reads
                process.stdin.close()


def drawn(sources: Sequence[str]) -> list[str]:
    """Draw specifications, given as JSON, in this process; nothing is fetched."""
    import vl_convert

    return [str(vl_convert.vegalite_to_svg(each, allowed_base_urls=[])) for each in sources]


def _ask(process: subprocess.Popen[bytes], errors: IO[bytes], sources: Sequence[str]) -> list[str]:
    assert process.stdin is not None
    assert process.stdout is not None
    with suppress(BrokenPipeError):  # then the answer is empty, which is handled below
        process.stdin.write(msgspec.json.encode(sources) + b"\n")
        process.stdin.flush()
    try:
        return msgspec.json.decode(process.stdout.readline(), type=list[str])
    except msgspec.DecodeError:
        with suppress(BrokenPipeError):
            process.stdin.close()  # ends the process if it still runs
        code = process.wait()
        errors.seek(0)
        message = errors.read().decode(errors="replace").strip()[-300:]
        raise HarnessError(
            f"the chart renderer ended with {code}: {message or 'no message'}; "
            "reports without charts: --format terminal or --format json"
        ) from None


def _serve() -> None:
    """Draw each batch that arrives on stdin until it is closed."""
    drawn(['{"data": {"values": []}, "mark": "point"}'])  # starts the renderer
    for line in sys.stdin.buffer:
        sys.stdout.buffer.write(msgspec.json.encode(drawn(msgspec.json.decode(line))) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    _serve()
