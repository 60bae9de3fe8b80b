"""Pool of vl-convert renderers: Vega-Lite to SVG or PNG; large batches use all cores."""

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
_MOST = 4  # renderers at once: each takes about 150 MB and most of a second to start
_FEW = 5  # drawings take less time than starting another renderer


class _Started:
    """Renderer processes, and the context that ends them."""

    def __init__(self) -> None:
        self.context = ExitStack()
        self.draw: list[Draw] = []

    def at_least(self, count: int) -> list[Draw]:
        """Return ``count`` renderers, after starting the missing ones."""
        while len(self.draw) < count:
            self.draw.append(self.context.enter_context(drawer()))
        return self.draw[:count]


_running: list[_Started] = []  # for the time of a whole report


@contextmanager
def ahead() -> Iterator[None]:
    """Start a renderer in the background while the report is assembled.

    Inside this context, it and the renderers started later draw everything; in this process,
    drawing would hold up everything else. With one core, this does nothing.
    """
    if host.cores() == 1:
        yield
        return
    started = _Started()
    with started.context:
        started.at_least(1)
        _running.append(started)
        try:
            yield
        finally:
            _running.remove(started)


def png(spec: Mapping[str, Any]) -> bytes:
    """Return a Vega-Lite specification as PNG; nothing is fetched."""
    # Imported here: it starts a renderer, which other commands do not need.
    import vl_convert

    return bytes(vl_convert.vegalite_to_png(_harmless(spec), scale=_SCALE, allowed_base_urls=[]))


def svgs(specs: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return Vega-Lite specifications as SVG, in order; nothing is fetched.

    Raises :class:`~harness.errors.HarnessError` if a renderer process has failed.
    """
    sources = [_harmless(each) for each in specs]
    lanes = min(host.cores(), _MOST, max(1, len(sources) // _FEW))
    # The longest are dealt first, so that all lanes end at about the same time.
    order = sorted(range(len(sources)), key=lambda at: -len(sources[at]))
    dealt = [order[lane::lanes] for lane in range(lanes)]
    done = [""] * len(sources)
    batches = [[sources[at] for at in each] for each in dealt]
    own = _Started()
    with own.context, ThreadPoolExecutor(lanes) as pool:
        # A renderer draws one thing at a time; the one of this process does so in this thread.
        running = _running[-1].at_least(lanes) if _running else [drawn, *own.at_least(lanes - 1)]
        first, *others = running
        beside = [pool.submit(draw, each) for draw, each in zip(others, batches[1:], strict=True)]
        found = [first(batches[0]), *(each.result() for each in beside)]
    for lane, drawings in zip(dealt, found, strict=True):
        for at, svg in zip(lane, drawings, strict=True):
            done[at] = svg
    return done


def _harmless(spec: Mapping[str, Any]) -> str:
    """Return ``spec`` as JSON without control characters.

    The renderer aborts the process on characters that XML does not allow.
    """
    return msgspec.json.encode(escape_all(spec)).decode()
