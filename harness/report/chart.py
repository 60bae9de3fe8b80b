"""A timeline as a Gantt chart in a file: SVG or PNG. The same timeline gives the same SVG."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.analysis.timeline import MAX_ROWS, Bar, Timeline
from harness.errors import UsageError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SUFFIXES = (".svg", ".png")

# Okabe and Ito's palette (2008), told apart with every kind of colour vision; hatches for print.
_LOOKS: dict[str, dict[str, Any]] = {
    "step": {"facecolor": "#56b4e9", "label": "step"},
    "critical": {"facecolor": "#d55e00", "label": "step on the critical path"},
    "failed": {"facecolor": "#cc79a7", "label": "failed", "hatch": "xx"},
    "unfinished": {"facecolor": "#ffffff", "label": "never ended", "hatch": "//"},
    "wait": {"facecolor": "#999999", "label": "waiting on the critical path"},
}
_UNITS = ((1e9, "s"), (1e6, "ms"), (1e3, "µs"))
STYLE = {
    "svg.hashsalt": "gantt",  # ids by content, not at random
    "svg.fonttype": "none",  # text stays text: it can be searched and read aloud
    "font.family": "sans-serif",
    "font.size": 9.0,
    "hatch.linewidth": 0.6,
}

_Spans = list[tuple[float, float]]


def save_gantt(timeline: Timeline, path: Path, title: str = "") -> None:
    """Write the chart to ``path``, whose suffix says whether as SVG or as PNG.

    Raises :class:`~harness.errors.UsageError` for another suffix.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(f"cannot draw {path.name!r}: give a file that ends with .svg or .png")
    # Loaded here: it takes a second, which other commands need not wait.
    from matplotlib import style
    from matplotlib.figure import Figure

    rows = _rows(timeline)
    with style.context(["default", STYLE], after_reset=True):
        height = min(16.0, max(2.6, 0.24 * len(rows) + 1.7))
        figure = Figure(figsize=(10, height), layout="constrained")
        axes = figure.add_subplot()
        _draw(axes, timeline, rows)
        axes.set_title(title, loc="left", fontsize=10, parse_math=False)
        save(figure, path)


def save(figure: Figure, path: Path) -> None:
    """Write a figure as its suffix says, without a date: the same data, the same file."""
    suffix = path.suffix.lower()
    path.parent.mkdir(parents=True, exist_ok=True)
    metadata = {"Date": None} if suffix == ".svg" else {}
    figure.savefig(path, format=suffix[1:], dpi=130, metadata=metadata)


def _rows(timeline: Timeline) -> list[tuple[str, list[Bar]]]:
    """What stands beside one another: a row for each attempt, or for each lane."""
    if len(timeline.bars) <= MAX_ROWS:
        return [(_label(bar), [bar]) for bar in timeline.bars]
    rows: dict[str, list[Bar]] = {lane.name: [] for lane in timeline.lanes}
    for bar in timeline.bars:
        rows[bar.lane].append(bar)
    return list(rows.items())


def _label(bar: Bar) -> str:
    number = "" if bar.attempt == 1 else f" #{bar.attempt}"
    return f"{bar.step}{number}  {bar.lane}"


def _draw(axes: Axes, timeline: Timeline, rows: Sequence[tuple[str, list[Bar]]]) -> None:
    scale, unit = next((u for u in _UNITS if timeline.span_ns >= u[0]), _UNITS[-1])
    labelled: set[str] = set()
    row_of = {(bar.step, bar.attempt): i for i, (_, bars) in enumerate(rows) for bar in bars}
    waits: dict[int, _Spans] = {}
    for wait in timeline.waits:
        span = (wait.start_ns / scale, (wait.end_ns - wait.start_ns) / scale)
        waits.setdefault(row_of[wait.step, wait.attempt], []).append(span)
    for row, spans in waits.items():
        _add(axes, "wait", spans, row, 0.2, labelled)
    for row, (_, bars) in enumerate(rows):
        for state, spans in _by_state(bars, timeline.span_ns, scale):
            _add(axes, state, spans, row, 0.8, labelled)
    axes.set_ylim(max(1, len(rows)) - 0.5, -0.5)  # the first on top
    axes.set_xlim(0, max(timeline.span_ns / scale, 1e-3) * 1.01)
    every = -(-len(rows) // 60) or 1  # labels of more rows than that would overlap
    shown = range(0, len(rows), every)
    axes.set_yticks(list(shown), [rows[i][0] for i in shown], parse_math=False)
    axes.set_ylabel("step, worker" if len(timeline.bars) <= MAX_ROWS else "worker")
    axes.set_xlabel(f"time since the start of the execution ({unit})")
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    if labelled:
        # Above the plot, where it hides nothing.
        axes.figure.legend(loc="outside upper right", ncols=len(labelled), fontsize=8)


def _by_state(bars: Sequence[Bar], span_ns: int, scale: float) -> Iterator[tuple[str, _Spans]]:
    """Starts and lengths of the bars of one row, by what they are drawn as."""
    found: dict[str, _Spans] = {}
    for bar in bars:
        end_ns = span_ns if bar.end_ns is None else bar.end_ns
        # A thousandth of the width can be seen, however short the step.
        length_ns = max(end_ns - bar.start_ns, span_ns // 1000 if len(bars) == 1 else 0)
        found.setdefault(bar.state, []).append((bar.start_ns / scale, length_ns / scale))
    for state in _LOOKS:  # critical ones over others, failed ones over all
        if state in found:
            yield state, found[state]


def _add(axes: Axes, look: str, spans: _Spans, row: int, height: float, labelled: set[str]) -> None:
    kind = dict(_LOOKS[look])
    if look in labelled:
        kind["label"] = "_"  # in the legend already
    labelled.add(look)
    edge = "#000000" if "hatch" in kind else kind["facecolor"]
    axes.broken_barh(spans, (row - height / 2, height), edgecolor=edge, linewidth=0.4, **kind)
