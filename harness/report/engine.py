"""The engine that draws: Vega-Lite to SVG or PNG, by vl-convert. Many drawings take all cores."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec

from harness import host
from harness.errors import HarnessError
from harness.home import package_folder
from harness.printable import all_printable

_SCALE = 2.0  # pixels of a PNG for each point
_MOST = 4  # engines at once: each takes some 150 MB and a quarter of a second to start
_FEW = 5  # drawings are done sooner than another engine has started


def png(spec: Mapping[str, Any]) -> bytes:
    """A specification as PNG; nothing is fetched for it."""
    # Loaded here: it starts an engine, for which other commands need not wait.
    import vl_convert

    return bytes(vl_convert.vegalite_to_png(_harmless(spec), scale=_SCALE, allowed_base_urls=[]))


def svgs(specs: Sequence[Mapping[str, Any]]) -> list[str]:
    """Specifications as SVG, in their order; nothing is fetched for them.

    Raises :class:`~harness.errors.HarnessError` if an engine beside ours has broken down.
    """
    sources = [_harmless(each) for each in specs]
    lanes = min(host.cores(), _MOST, max(1, len(sources) // _FEW))
    # The longest are dealt first, so that all lanes come to their end together.
    order = sorted(range(len(sources)), key=lambda at: -len(sources[at]))
    dealt = [order[lane::lanes] for lane in range(lanes)]
    drawn = [""] * len(sources)
    with ThreadPoolExecutor(lanes) as pool:
        beside = [pool.submit(_beside, [sources[at] for at in each]) for each in dealt[1:]]
        found = [_drawn([sources[at] for at in dealt[0]]), *(each.result() for each in beside)]
    for lane, own in zip(dealt, found, strict=True):
        for at, svg in zip(lane, own, strict=True):
            drawn[at] = svg
    return drawn


def _drawn(sources: Sequence[str]) -> list[str]:
    import vl_convert

    return [str(vl_convert.vegalite_to_svg(each, allowed_base_urls=[])) for each in sources]


def _beside(sources: Sequence[str]) -> list[str]:
    """The same in a process of its own: within one, the engine draws one thing at a time."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", __name__],
        input=msgspec.json.encode(sources),
        env={**os.environ, "PYTHONPATH": str(package_folder("harness").parent)},
        capture_output=True,
        check=False,
    )
    try:
        return msgspec.json.decode(done.stdout, type=list[str])
    except msgspec.DecodeError:
        words = done.stderr.decode(errors="replace").strip()[-300:]
        raise HarnessError(
            f"the engine that draws charts ended with {done.returncode}: {words or 'no word'}; "
            "reports of --format terminal and json need none"
        ) from None


def _harmless(spec: Mapping[str, Any]) -> str:
    """The specification as JSON without control characters: the engine aborts the process where
    XML has no place for one.
    """
    return msgspec.json.encode(all_printable(spec)).decode()


if __name__ == "__main__":
    asked = msgspec.json.decode(sys.stdin.buffer.read(), type=list[str])
    sys.stdout.buffer.write(msgspec.json.encode(_drawn(asked)))
