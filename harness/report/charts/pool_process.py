"""An engine in a process of its own: it starts, and draws, beside all else that we do."""

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

#: Draws specifications, each as JSON.
Draw = Callable[[Sequence[str]], list[str]]


@contextmanager
def drawer() -> Iterator[Draw]:
    """Have a process that draws what it is asked for, one request after the other.

    Asking it raises :class:`~harness.errors.HarnessError` if it has broken down.
    """
    with (
        tempfile.TemporaryFile() as words,  # a pipe that nobody reads would fill up
        subprocess.Popen(
            [sys.executable, "-P", "-m", __name__],
            env={**os.environ, "PYTHONPATH": str(package_folder("harness").parent)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=words,
        ) as process,
    ):
        assert process.stdin is not None
        try:
            yield lambda sources: _ask(process, words, sources)
        finally:
            process.kill()
            with suppress(BrokenPipeError):  # what it did not take any more
                process.stdin.close()


def drawn(sources: Sequence[str]) -> list[str]:
    """Specifications, as JSON, drawn by this process; nothing is fetched for them."""
    import vl_convert

    return [str(vl_convert.vegalite_to_svg(each, allowed_base_urls=[])) for each in sources]


def _ask(process: subprocess.Popen[bytes], words: IO[bytes], sources: Sequence[str]) -> list[str]:
    assert process.stdin is not None
    assert process.stdout is not None
    with suppress(BrokenPipeError):  # then there is no answer either
        process.stdin.write(msgspec.json.encode(sources) + b"\n")
        process.stdin.flush()
    try:
        return msgspec.json.decode(process.stdout.readline(), type=list[str])
    except msgspec.DecodeError:
        with suppress(BrokenPipeError):
            process.stdin.close()  # one that is still there has no reason to stay
        code = process.wait()
        words.seek(0)
        said = words.read().decode(errors="replace").strip()[-300:]
        raise HarnessError(
            f"the engine that draws charts ended with {code}: {said or 'no word'}; "
            "reports of --format terminal and json need none"
        ) from None


def _serve() -> None:
    """Draw what is asked for until nobody asks any more."""
    drawn(['{"data": {"values": []}, "mark": "point"}'])  # it starts with the first drawing
    for line in sys.stdin.buffer:
        sys.stdout.buffer.write(msgspec.json.encode(drawn(msgspec.json.decode(line))) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    _serve()
