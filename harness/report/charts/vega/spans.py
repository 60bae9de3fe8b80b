"""Drawings of time spans: steps of executions, and stages of set-ups."""

from __future__ import annotations

from harness.analysis.timeline import MAX_ROWS
from harness.report.charts.vega.style import (
    PALETTE,
    Drawing,
    Spec,
    drawable,
    drawn,
    names,
    nominal,
    quantity,
    wrapped,
)
from harness.report.document import Axis, Gantt, Panel, Waterfall
from harness.report.tables.formatting import duration

_TIME = Axis("time since the start", "s")
_MOST = 4000  # bars that are drawn; more cannot be distinguished
_SIGNS = {"failed": "×", "unfinished": "?"}  # so that colour is not the only sign
#: Label and colour of each state of a bar, in the order of drawing.
_STATES = {
    "wait": ("ready and waiting", "#b5bcc4"),
    "step": ("step", "#0072b2"),
    "critical": ("step on the critical path", "#c24e00"),
    "failed": ("failed (×)", "#a8508a"),
    "unfinished": ("never ended (?)", "#4a545e"),
}


def of_gantt(part: Gantt) -> list[Drawing]:
    """Return a drawing for each execution, all on the same time axis."""
    spans = [panel.timeline.span_ns for panel in part.panels]
    return [_panel(panel, max(spans) / 1e9) for panel in part.panels if panel.timeline.bars]


def _panel(panel: Panel, longest_s: float) -> Drawing:
    bars = panel.timeline.bars
    by_step = len(bars) <= MAX_ROWS
    span_ns = panel.timeline.span_ns
    rows: list[Spec] = []
    for bar in bars[:_MOST]:
        name = bar.step if bar.attempt == 1 else f"{bar.step} #{bar.attempt}"
        end_ns = span_ns if bar.end_ns is None else bar.end_ns
        row = f"{name}  {bar.lane}" if by_step else bar.lane
        if by_step and 0 <= bar.ready_ns < bar.start_ns:
            rows.append(_bar(row, bar.ready_ns, bar.start_ns, "wait", name))
        rows.append(_bar(row, bar.start_ns, end_ns, bar.state, f"{name} on {bar.lane}"))
    states = [state for state in _STATES if any(row["state"] == _STATES[state][0] for row in rows)]
    across = quantity("start", _TIME, [longest_s])
    across["scale"] = {"domain": [0, longest_s], "nice": False}
    encoding = {
        "x": across,
        "x2": {"field": "end"},
        "y": names("row"),
        "color": nominal(
            "state", [_STATES[each][0] for each in states], [_STATES[each][1] for each in states]
        ),
        "description": {"field": "said"},
    }
    # Even the shortest step stays visible.
    mark = {"type": "bar", "height": {"band": 0.72}, "minBandSize": 1, "strokeWidth": 0}
    signs = {
        "transform": [{"filter": "datum.sign"}],
        "mark": {"type": "text", "align": "left", "dx": 2, "aria": False},
        "encoding": {"x": across, "y": encoding["y"], "text": {"field": "sign"}},
    }
    layers = [{"mark": mark, "encoding": encoding}, signs]
    return drawn(panel.label, rows, {"height": {"step": 15}, "layer": layers})


def _bar(row: str, start_ns: int, end_ns: int, state: str, name: str) -> Spec:
    title = _STATES[state][0]
    return {
        "row": row,
        "start": start_ns / 1e9,
        "end": end_ns / 1e9,
        "state": title,
        "sign": _SIGNS.get(state, ""),
        "said": f"{name}, {title}: {duration((end_ns - start_ns) / 1e9)} "
        f"from {duration(start_ns / 1e9)}",
    }


def of_waterfall(part: Waterfall) -> list[Drawing]:
    """Return a drawing with a row for each set-up and a bar for each stage."""
    rows: list[Spec] = [
        {
            "label": wrapped(fall.label),
            "start": stage.start_s,
            "end": stage.start_s + stage.lasts_s,
            "stage": stage.name,
            "said": f"{fall.label}, {stage.name}: {duration(stage.lasts_s)}",
        }
        for fall in part.falls
        for stage in fall.stages
        if drawable(stage.start_s, _TIME) and drawable(stage.lasts_s, _TIME)
    ]
    if not rows:
        return []
    stages = list(dict.fromkeys(str(row["stage"]) for row in rows))
    encoding = {
        "x": quantity("start", _TIME, [row["end"] for row in rows]),
        "x2": {"field": "end"},
        "y": names("label"),
        "color": nominal("stage", stages, PALETTE),
        "description": {"field": "said"},
    }
    mark = {"type": "bar", "height": {"band": 0.65}}
    return [drawn("", rows, {"height": {"step": 27}, "mark": mark, "encoding": encoding})]
