"""Gantt chart of a timeline for a terminal of 80 columns."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.text import Text

from harness.analysis.timeline import MAX_ROWS, Bar, Lane, Timeline, merged
from harness.report.tables.formatting import duration
from harness.report.terminal.console import show, text
from harness.text import escape

_WIDTH = 80
_NAME = 20
_DENSITY = " ▁▂▃▄▅▆▇█"
_WAIT = "·"
#: Glyph, colour and meaning of a bar. Glyphs differ, too, for readers without colours.
_GLYPHS = {
    "critical": ("█", "#d55e00", "on the critical path"),
    "step": ("▒", "#56b4e9", "other steps"),
    "failed": ("x", "bold #cc79a7", "failed"),
    "unfinished": ("?", "bold #cc79a7", "never ended"),
}


def print_gantt(timeline: Timeline, title: str = "") -> None:
    """Print the chart, the critical path, how busy the workers were, and a legend."""
    show(*drawn(timeline, title))


def drawn(timeline: Timeline, title: str = "") -> list[Text]:
    """Return the chart with summary and legend, line by line."""
    rows = _step_rows(timeline) if len(timeline.bars) <= MAX_ROWS else _lane_rows(timeline)
    lines = [text(line, "bold") for line in title.splitlines()]
    return [*lines, *rows, Text(), *map(text, _summary(timeline)), _legend(timeline)]


def _step_rows(timeline: Timeline) -> list[Text]:
    """Return a row for each attempt: step, lane, bar, time, and wait before it."""
    names = [_name(bar) for bar in timeline.bars]
    margin = min(max(map(len, [*names, "step"])), _NAME)
    width = _WIDTH - margin - len(" w999 ") - len(" 99.9ms 99.9ms")
    axis = _axis(timeline.span_ns, width)
    rows = [Text(f"{'step':<{margin}} lane {axis}   time   wait", style="dim")]
    for bar, name in zip(timeline.bars, names, strict=True):
        row = Text(f"{_cut(name, margin):<{margin}} {_cut(bar.lane, 4):>4} ")
        row.append(_drawn(bar, timeline.span_ns, width))
        time = "" if bar.end_ns is None else duration((bar.end_ns - bar.start_ns) / 1e9)
        wait = duration(max(0, bar.start_ns - bar.ready_ns) / 1e9)
        row.append(f" {time:>6} {wait:>6}")
        rows.append(row)
    return rows


def _name(bar: Bar) -> str:
    step = escape(bar.step)
    return step if bar.attempt == 1 else f"{step} #{bar.attempt}"


def _drawn(bar: Bar, span_ns: int, width: int) -> Text:
    """Return one bar with the wait before it; even the shortest takes one cell."""
    end_ns = span_ns if bar.end_ns is None else bar.end_ns
    # A foreign journal may have a step before its run.
    start = max(0, min(_cell(bar.start_ns, span_ns, width), width - 1))
    cells = max(1, math.ceil(end_ns * width / span_ns) - start) if span_ns else 1
    ready = min(start, max(0, _cell(bar.ready_ns, span_ns, width)))
    glyph, style, _ = _GLYPHS[bar.state]
    row = Text(" " * ready)
    row.append(_WAIT * (start - ready), style=_GLYPHS["critical"][1] if bar.critical else "dim")
    row.append(glyph * cells, style=style)
    row.append(" " * (width - len(row)))
    return row


def _cell(stamp_ns: int, span_ns: int, width: int) -> int:
    return stamp_ns * width // span_ns if span_ns else 0


def _lane_rows(timeline: Timeline) -> list[Text]:
    """Return a row for each lane, with blocks as high as its load, and one for the path."""
    width = _WIDTH - len("path ") - len("   99 % 100000")
    by_lane: dict[str, list[Bar]] = {lane.name: [] for lane in timeline.lanes}
    for bar in timeline.bars:
        by_lane[bar.lane].append(bar)
    rows = [Text(f"lane {_axis(timeline.span_ns, width)}   busy  steps", style="dim")]
    for lane in timeline.lanes[:MAX_ROWS]:
        row = Text(f"{_cut(lane.name, 4):<4} ")
        row.append(_density(by_lane[lane.name], timeline.span_ns, width), style=_GLYPHS["step"][1])
        row.append(f" {round(lane.busy_share * 100):>4} % {lane.attempts:>6}")
        rows.append(row)
    if len(timeline.lanes) > MAX_ROWS:
        rows.append(Text(f"and {len(timeline.lanes) - MAX_ROWS} more lanes", style="dim"))
    share = sum(map(_time, timeline.path)) / max(1, timeline.makespan_ns)
    row = Text("path ")
    row.append(_density(timeline.path, timeline.span_ns, width), style=_GLYPHS["critical"][1])
    row.append(f" {round(share * 100):>4} % {len(timeline.path):>6}")
    return [*rows, row]


def _density(bars: Sequence[Bar], span_ns: int, width: int) -> str:
    """Return the load of each cell of time as block characters."""
    cells = [0.0] * width
    for start_ns, end_ns in merged(bars, span_ns):
        start, end = start_ns * width / span_ns, end_ns * width / span_ns
        for i in range(max(0, math.floor(start)), min(width, math.ceil(end))):
            cells[i] += min(end, i + 1) - max(start, i)
    return "".join(_DENSITY[max(round(share * 8), 1 if share else 0)] for share in cells)


def _summary(timeline: Timeline) -> list[str]:
    path = timeline.path
    waited_ns = sum(wait.end_ns - wait.start_ns for wait in timeline.waits)
    lines = []
    if path:
        share = waited_ns / timeline.makespan_ns if timeline.makespan_ns else 0.0
        lines.append(
            f"critical path: {len(path)} of {len(timeline.bars)} steps; "
            f"{duration(sum(map(_time, path)) / 1e9)} in steps, "
            f"{duration(waited_ns / 1e9)} ({round(share * 100)} %) waiting,"
        )
        queued_ns = sum(wait.queued_ns for wait in timeline.waits)
        lines.append(
            f"  {duration(queued_ns / 1e9)} of it while the worker ran other steps, "
            f"{duration((waited_ns - queued_ns) / 1e9)} while it was idle"
        )
    if len(timeline.bars) <= MAX_ROWS and timeline.lanes:
        lines.append(f"busy: {_busy(timeline.lanes)}")
    if timeline.missing:
        shown = ", ".join(timeline.missing[:3])
        more = f" and {len(timeline.missing) - 3} more" if len(timeline.missing) > 3 else ""
        lines.append(f"never started: {shown}{more}")
    return lines


def _busy(lanes: Sequence[Lane], shown: int = 6) -> str:
    parts = [f"{lane.name} {round(lane.busy_share * 100)} %" for lane in lanes[:shown]]
    return ", ".join(parts) + (f" and {len(lanes) - shown} more" if len(lanes) > shown else "")


def _time(bar: Bar) -> int:
    return 0 if bar.end_ns is None else bar.end_ns - bar.start_ns


def _legend(timeline: Timeline) -> Text:
    """Return the meaning of the glyphs that the chart uses."""
    legend = Text()
    if len(timeline.bars) > MAX_ROWS:
        legend.append("height of a block: share of that time in which a step ran; path: the same\n")
        legend.append("for the critical path; its gaps are waits for the engine or a worker")
        return legend
    for state in dict.fromkeys(bar.state for bar in timeline.bars):
        glyph, style, meaning = _GLYPHS[state]
        legend.append(glyph, style=style)
        legend.append(f" {meaning}  ", style="dim")
    legend.append(f"{_WAIT} ready and waiting", style="dim")
    return legend


def _axis(span_ns: int, width: int) -> str:
    end = duration(span_ns / 1e9)
    return f"0{end:>{width - 1}}"


def _cut(name: str, length: int) -> str:
    return name if len(name) <= length else f"{name[: length - 1]}…"
