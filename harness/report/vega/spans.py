"""What took from when to when: executions, and stages of a set-up."""

from __future__ import annotations

from collections.abc import Iterator

from harness.analysis.timeline import MAX_ROWS, Bar, Timeline
from harness.report.document import Axis, Gantt, Panel, Waterfall
from harness.report.vega.style import PALETTE, WIDTH, Json, axis

_NS = 1e9
_MOST = 4000  # bars that are drawn; more cannot be told from each other
_LABEL = 220  # width that a row's label may take
_TIME = Axis("time since the start of the execution", "s")

#: By state of a bar: fill and outline; failed and unfinished ones have a sign as well.
_LOOKS = {
    "step": ("step", "#56b4e9", "#56b4e9"),
    "critical": ("step on the critical path", "#d55e00", "#000000"),
    "failed": ("failed (×)", "#cc79a7", "#000000"),
    "unfinished": ("never ended (?)", "#ffffff", "#000000"),
    "wait": ("waiting on the critical path", "#999999", "#999999"),
}
_SIGNS = {"failed": "×", "unfinished": "?"}


def of_gantt(chart: Gantt) -> Json:
    """A panel below the other for each execution, on one axis of time."""
    longest_s = max((each.timeline.span_ns for each in chart.panels), default=0) / _NS
    alone = len(chart.panels) == 1
    panels = [_panel(each, max(longest_s, 1e-6), alone) for each in chart.panels]
    return {"vconcat": panels, "resolve": {"scale": {"color": "shared", "x": "shared"}}}


def _panel(panel: Panel, longest_s: float, alone: bool) -> Json:
    by_step = len(panel.timeline.bars) <= MAX_ROWS
    bars = list(_bars(panel.timeline, by_step))
    rows = list(dict.fromkeys(each["row"] for each in bars))
    x = axis(_TIME, "start")
    x["scale"] = {"domain": [0, longest_s], "nice": False}
    y: Json = {"field": "row", "type": "nominal", "sort": rows, "title": None}
    y["axis"] = {"labelLimit": _LABEL, "grid": True}
    names, fills, edges = zip(*_LOOKS.values(), strict=True)
    legend = {"title": None, "orient": "bottom", "columns": 3}
    state = {"field": "state", "type": "nominal"}
    encoding = {
        "x": x,
        "x2": {"field": "end"},
        "y": y,
        "color": {**state, "scale": {"domain": names, "range": fills}, "legend": legend},
        "stroke": {**state, "scale": {"domain": names, "range": edges}, "legend": None},
        "tooltip": [
            {"field": field, "type": "nominal"} for field in ("row", "worker", "state", "took")
        ],
    }
    thin, thick = {"type": "bar", "height": {"band": 0.2}}, {"type": "bar", "height": {"band": 0.8}}
    waits = [each for each in bars if each["state"] == _LOOKS["wait"][0]]
    steps = [each for each in bars if each["state"] != _LOOKS["wait"][0]]
    signs = [each for each in steps if each["sign"]]
    text = {"x": x, "y": y, "text": {"field": "sign", "type": "nominal"}}
    return {
        **({} if alone else {"title": {"text": panel.label, "fontWeight": "normal"}}),
        "width": WIDTH - 120,
        "height": {"step": 15},
        "layer": [
            {"data": {"values": waits}, "mark": thin, "encoding": encoding},
            {
                "data": {"values": steps},
                "mark": {**thick, "strokeWidth": 0.8},
                "encoding": encoding,
            },
            {
                "data": {"values": signs},
                "mark": {"type": "text", "align": "left", "dx": 2},
                "encoding": text,
            },
        ],
    }


def _bars(timeline: Timeline, by_step: bool) -> Iterator[Json]:
    """Bars and waits as the rows of a table, in seconds."""
    rows = {(bar.step, bar.attempt): _row(bar, by_step) for bar in timeline.bars}
    for bar in timeline.bars[:_MOST]:
        end_ns = timeline.span_ns if bar.end_ns is None else bar.end_ns
        # A thousandth of the width can be seen, however short the step.
        seen_ns = max(end_ns, bar.start_ns + timeline.span_ns // 1000) if by_step else end_ns
        yield {
            "row": rows[bar.step, bar.attempt],
            "worker": bar.lane,
            "start": bar.start_ns / _NS,
            "end": seen_ns / _NS,
            "state": _LOOKS[bar.state][0],
            "sign": _SIGNS.get(bar.state, ""),
            "took": f"{(end_ns - bar.start_ns) / _NS:.6g} s",
        }
    for wait in timeline.waits[:_MOST]:
        yield {
            "row": rows[wait.step, wait.attempt],
            "worker": "",
            "start": wait.start_ns / _NS,
            "end": wait.end_ns / _NS,
            "state": _LOOKS["wait"][0],
            "sign": "",
            "took": f"{(wait.end_ns - wait.start_ns) / _NS:.6g} s",
        }


def _row(bar: Bar, by_step: bool) -> str:
    if not by_step:
        return bar.lane
    return f"{bar.step}{'' if bar.attempt == 1 else f' #{bar.attempt}'}  {bar.lane}"


def of_waterfall(chart: Waterfall) -> Json:
    """A row for each framework, a bar for each stage; what is wide enough holds its name."""
    names = list(dict.fromkeys(stage.name for each in chart.falls for stage in each.stages))
    ends = [s.start_s + s.lasts_s for each in chart.falls for s in each.stages]
    longest_s = max(ends, default=1.0)
    values = [
        {
            "label": each.label,
            "stage": stage.name,
            "start": stage.start_s,
            "end": stage.start_s + stage.lasts_s,
            "middle": stage.start_s + stage.lasts_s / 2,
            "name": stage.name if stage.lasts_s > 0.09 * longest_s else "",
            "took": f"{stage.lasts_s:.3g} s",
        }
        for each in chart.falls
        for stage in each.stages
    ]
    colours = [PALETTE[-1 - turn % len(PALETTE)] for turn in range(len(names))]
    y = {"field": "label", "type": "nominal", "sort": None, "title": None}
    y["axis"] = {"labelLimit": _LABEL}  # type: ignore[assignment]
    x = axis(Axis("seconds from nothing", "s"), "start")
    stage = {"field": "stage", "type": "nominal", "scale": {"domain": names, "range": colours}}
    legend = {"title": None, "orient": "bottom", "columns": 7}
    tips = [{"field": field, "type": "nominal"} for field in ("label", "stage", "took")]
    bars = {
        "x": x,
        "x2": {"field": "end"},
        "y": y,
        "color": {**stage, "legend": legend},
        "tooltip": tips,
    }
    text = {"x": {"field": "middle", "type": "quantitative"}, "y": y, "text": {"field": "name"}}
    return {
        "width": WIDTH - 120,
        "height": {"step": 26},
        "data": {"values": values},
        "layer": [
            {
                "mark": {"type": "bar", "stroke": "white", "strokeWidth": 1},
                "encoding": bars,
            },
            {
                "mark": {"type": "text", "fontSize": 10, "stroke": "white", "strokeWidth": 2},
                "encoding": text,
            },
            {"mark": {"type": "text", "fontSize": 10, "fill": "black"}, "encoding": text},
        ],
    }
