"""The engine that draws: Vega-Lite to SVG or PNG, by vl-convert. Many drawings take all cores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

import msgspec

from harness import host
from harness.printable import all_printable
from harness.report.drawer import Draw, drawer, drawn

_SCALE = 2.0  # pixels of a PNG for each point
_MOST = 4  # engines at once: each takes some 150 MB and most of a second to start
_FEW = 5  # drawings are done sooner than another engine has started

_started: list[Draw] = []  # ahead of what they are for


@contextmanager
def ahead() -> Iterator[None]:
    """Have an engine start while the rest of a report is made: in our own process, everything
    else would wait for it. What is drawn meanwhile, it draws.
    """
    if host.cores() == 1:
        yield
        return
    with drawer() as early:
        _started.append(early)
        try:
            yield
        finally:
            _started.remove(early)


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
    done = [""] * len(sources)
    with ExitStack() as engines, ThreadPoolExecutor(lanes) as pool:
        beside = [engines.enter_context(drawer()) for _ in range(1, lanes)]
        first = _started[0] if _started else drawn
        asked = [[sources[at] for at in each] for each in dealt]
        # One engine draws one thing at a time, and ours does so in this very thread.
        others = [pool.submit(draw, own) for draw, own in zip(beside, asked[1:], strict=True)]
        found = [first(asked[0]), *(each.result() for each in others)]
    for lane, own in zip(dealt, found, strict=True):
        for at, svg in zip(lane, own, strict=True):
            done[at] = svg
    return done


def _harmless(spec: Mapping[str, Any]) -> str:
    """The specification as JSON without control characters: the engine aborts the process where
    XML has no place for one.
    """
    return msgspec.json.encode(all_printable(spec)).decode()
