"""The engine that draws: Vega-Lite to SVG or PNG, by vl-convert. Many drawings take all cores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

import msgspec

from harness import host
from harness.report.charts.pool_process import Draw, drawer, drawn
from harness.text import escape_all

_SCALE = 2.0  # pixels of a PNG for each point
_MOST = 4  # engines at once: each takes some 150 MB and most of a second to start
_FEW = 5  # drawings are done sooner than another engine has started


class _Started:
    """Engines beside ours, and the context that they live in."""

    def __init__(self) -> None:
        self.context = ExitStack()
        self.draw: list[Draw] = []

    def at_least(self, count: int) -> list[Draw]:
        """So many of them, started if they are not there yet."""
        while len(self.draw) < count:
            self.draw.append(self.context.enter_context(drawer()))
        return self.draw[:count]


_kept: list[_Started] = []  # for a whole report


@contextmanager
def ahead() -> Iterator[None]:
    """Have an engine start while the rest of a report is made: in our own process, everything
    else would wait for it. All that is drawn meanwhile, it draws, and who is started to help it.
    """
    if host.cores() == 1:
        yield
        return
    started = _Started()
    with started.context:
        started.at_least(1)
        _kept.append(started)
        try:
            yield
        finally:
            _kept.remove(started)


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
    asked = [[sources[at] for at in each] for each in dealt]
    own = _Started()
    with own.context, ThreadPoolExecutor(lanes) as pool:
        # One engine draws one thing at a time, and our own does so in this very thread.
        first, *others = _kept[-1].at_least(lanes) if _kept else [drawn, *own.at_least(lanes - 1)]
        beside = [pool.submit(draw, each) for draw, each in zip(others, asked[1:], strict=True)]
        found = [first(asked[0]), *(each.result() for each in beside)]
    for lane, drawings in zip(dealt, found, strict=True):
        for at, svg in zip(lane, drawings, strict=True):
            done[at] = svg
    return done


def _harmless(spec: Mapping[str, Any]) -> str:
    """The specification as JSON without control characters: the engine aborts the process where
    XML has no place for one.
    """
    return msgspec.json.encode(escape_all(spec)).decode()
