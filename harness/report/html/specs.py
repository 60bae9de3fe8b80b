"""Charts as Vega-Lite: what a part of the render model looks like, in data and nothing else.

A chart is as wide as a phone, and several stand beside each other where there is room: one drawing
for every screen and for paper. Colours are names of a palette that a style sheet may replace.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from harness.analysis.timeline import MAX_ROWS
from harness.report.document import (
    Axis,
    Chart,
    Curves,
    Gantt,
    Interval,
    Intervals,
    Panel,
    Waterfall,
)
from harness.report.tables import bytes_, duration

Spec = dict[str, Any]

WIDTH = 340
INK, MUTED, LINE = "#1c1e21", "#59616a", "#d9dde2"
#: Told apart with every kind of colour vision (Okabe and Ito's hues, dark enough for lines on
#: white); shapes and dashes differ too.
PALETTE = ("#0072b2", "#c24e00", "#00805c", "#a8508a", "#8a6a00", "#5b4fb0", "#4a545e", "#7a3b2e")
_SHAPES = (
    "circle",
    "square",
    "triangle-up",
    "diamond",
    "cross",
    "triangle-down",
    "stroke",
    "wedge",
)
_DASHES = ([1, 0], [6, 2], [2, 2], [8, 3, 2, 3], [4, 4], [10, 2], [1, 3], [12, 4])
#: What a bar of a Gantt chart is drawn as, the last over the first.
_STATES = {
    "wait": ("ready and waiting", "#b5bcc4"),
    "step": ("step", "#0072b2"),
    "critical": ("on the critical path", "#c24e00"),
    "failed": ("failed", "#a8508a"),
    "unfinished": ("never ended", "#4a545e"),
}
_LABEL = 24  #: characters of a row's name in one line
_POWERS = 6  #: so many of ten are told beside an axis
_MOST = 1e18  #: of any unit: no drawing is made of more
_TIME = Axis("time since the start", "s")
_CONFIG: Spec = {
    "background": None,
    "font": "sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": MUTED,
        "titleColor": MUTED,
        "titleFontWeight": "normal",
        "titleFontSize": 11,
        "labelFontSize": 11,
        "gridColor": LINE,
        "domainColor": LINE,
        "tickColor": LINE,
        "labelLimit": 170,
        "titleLimit": 320,
        "labelOverlap": "greedy",
        "labelSeparation": 8,
    },
    "legend": {
        "orient": "bottom",
        "direction": "vertical",
        "title": None,
        "labelColor": INK,
        "labelFontSize": 11,
        "labelLimit": 300,
        "symbolLimit": 50,
    },
}


class Drawing(msgspec.Struct, frozen=True):
    """One picture of a chart, which may need several."""

    title: str
    spec: Spec


def drawings(part: Chart) -> list[Drawing]:
    """All pictures of a chart; none where it has nothing that can be drawn."""
    if isinstance(part, Curves):
        return _curves(part)
    if isinstance(part, Intervals):
        return _intervals(part)
    return _gantt(part) if isinstance(part, Gantt) else _waterfall(part)


def drawable(value: float | None, axis: Axis) -> bool:
    """Whether an axis has a place for this value: a log scale has none for zero.

    What is larger, or on logs smaller, than anything that can be measured makes the engine that
    draws search for ticks until its memory ends, and it takes this process with it.
    """
    if value is None or not abs(value) <= _MOST:  # NaN is neither
        return False
    return value >= 1 / _MOST if axis.log else value == 0 or abs(value) >= 1 / _MOST


def told(value: float | None, unit: str) -> str:
    """A value with its unit, as people read it."""
    if value is None or not math.isfinite(value):
        return "–"
    if unit == "s":
        return duration(value)
    if unit == "B":
        return bytes_(value)
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def ranged(value: float, low: float | None, high: float | None, unit: str) -> str:
    """A value with its interval, if it has one."""
    text = told(value, unit)
    return text if low is None or high is None else f"{text} ({told(low, unit)}–{told(high, unit)})"


def _curves(part: Curves) -> list[Drawing]:
    rows: list[Spec] = [
        {
            "label": series.label,
            "x": dot.x,
            "y": dot.y,
            **({"low": dot.low} if drawable(dot.low, part.y) else {}),
            **({"high": dot.high} if drawable(dot.high, part.y) else {}),
            "said": f"{series.label}: {told(dot.x, part.x.unit)}, "
            f"{ranged(dot.y, dot.low, dot.high, part.y.unit)}",
        }
        for series in part.series
        for dot in series.points
        if drawable(dot.x, part.x) and drawable(dot.y, part.y)
    ]
    if not rows:
        return []
    labels = list(dict.fromkeys(str(row["label"]) for row in rows))
    series = {
        "color": _nominal("label", labels, PALETTE),
        "shape": _nominal("label", labels, _SHAPES),
    }
    unlisted = series["color"] | {"legend": None}
    across = _axis("x", part.x, [row["x"] for row in rows])
    up = _axis(
        "y", part.y, [row[key] for row in rows for key in ("y", "low", "high") if key in row]
    )
    layers: list[Spec] = [
        {
            "transform": [{"filter": "isValid(datum.low) && isValid(datum.high)"}],
            "mark": {"type": "rule", "aria": False, "strokeWidth": 1.5, "opacity": 0.6},
            "encoding": {
                "x": across,
                "y": up | {"field": "low"},
                "y2": {"field": "high"},
                "color": unlisted,
            },
        },
        {
            "mark": {"type": "line", "aria": False, "strokeWidth": 1.75},
            "encoding": {
                "x": across,
                "y": up,
                "color": unlisted,
                "strokeDash": _nominal("label", labels, _DASHES) | {"legend": None},
            },
        },
        {
            "mark": {"type": "point", "filled": True, "size": 38, "opacity": 1},
            "encoding": {"x": across, "y": up, **series, "description": {"field": "said"}},
        },
    ]
    layers += _levels(part.x, "x") + _levels(part.y, "y")
    return [_drawing("", rows, {"height": 320, "layer": layers})]


def _levels(axis: Axis, channel: str) -> list[Spec]:
    """A line to compare with, and what it means."""
    if not drawable(axis.level, axis):
        return []
    place: Spec = {channel: {"datum": axis.level}}
    once: Spec = {"values": [{}]}
    rule = {"type": "rule", "aria": False, "color": MUTED, "strokeDash": [3, 3]}
    made: list[Spec] = [{"data": once, "mark": rule, "encoding": place}]
    if axis.level_title and channel == "y":
        mark = {
            "type": "text", "aria": False, "align": "left", "baseline": "bottom",
            "color": MUTED, "fontSize": 10, "dx": 3, "dy": -2, "text": axis.level_title,
        }  # fmt: skip
        made.append({"data": once, "mark": mark, "encoding": {**place, "x": {"value": 0}}})
    return made


def _intervals(part: Intervals) -> list[Drawing]:
    shown = [each for each in part.intervals if drawable(each.value, part.axis)]
    ends = [
        end
        for each in shown
        for end in (each.value, each.low, each.high)
        if end is not None and drawable(end, part.axis)
    ]
    if not ends:
        return []
    domain = [min(ends), max(ends)] if part.axis.log else [min(0, *ends), max(0, *ends)]
    groups: dict[str, list[Interval]] = {}
    for each in shown:
        groups.setdefault(each.group, []).append(each)
    return [_dots(title, group, part.axis, domain) for title, group in groups.items()]


def _dots(title: str, shown: Sequence[Interval], axis: Axis, domain: Sequence[Any]) -> Drawing:
    rows = [
        {
            "label": _wrapped(each.label),
            "x": each.value,
            **({"low": each.low} if drawable(each.low, axis) else {}),
            **({"high": each.high} if drawable(each.high, axis) else {}),
            "said": f"{each.label}: {ranged(each.value, each.low, each.high, axis.unit)}",
        }
        for each in shown
    ]
    across, names = _axis("x", axis, domain), _names("label")
    rule = {"type": "rule", "aria": False, "color": PALETTE[0], "strokeWidth": 3, "opacity": 0.45}
    layers: list[Spec] = [
        {
            "transform": [{"filter": "isValid(datum.low) && isValid(datum.high)"}],
            "mark": rule,
            "encoding": {"x": across | {"field": "low"}, "x2": {"field": "high"}, "y": names},
        },
        {
            "mark": {
                "type": "point",
                "filled": True,
                "size": 60,
                "color": PALETTE[0],
                "opacity": 1,
            },
            "encoding": {"x": across, "y": names, "description": {"field": "said"}},
        },
    ]
    layers += _levels(axis, "x")
    return _drawing(title, rows, {"height": {"step": 27}, "layer": layers})


def _gantt(part: Gantt) -> list[Drawing]:
    spans = [panel.timeline.span_ns for panel in part.panels]
    return [_panel(panel, max(spans) / 1e9) for panel in part.panels if panel.timeline.bars]


def _panel(panel: Panel, longest_s: float) -> Drawing:
    bars = panel.timeline.bars
    by_step = len(bars) <= MAX_ROWS
    span_ns = panel.timeline.span_ns
    rows: list[Spec] = []
    for bar in bars:
        name = bar.step if bar.attempt == 1 else f"{bar.step} #{bar.attempt}"
        end_ns = span_ns if bar.end_ns is None else bar.end_ns
        row = name if by_step else bar.lane
        if by_step and 0 <= bar.ready_ns < bar.start_ns:
            rows.append(_bar(row, bar.ready_ns, bar.start_ns, "wait", name))
        rows.append(_bar(row, bar.start_ns, end_ns, bar.state, f"{name} on {bar.lane}"))
    states = [state for state in _STATES if any(row["state"] == _STATES[state][0] for row in rows)]
    across = _axis("start", _TIME, [longest_s])
    across["scale"] = {"domain": [0, longest_s], "nice": False}
    encoding = {
        "x": across,
        "x2": {"field": "end"},
        "y": _names("row"),
        "color": _nominal(
            "state", [_STATES[each][0] for each in states], [_STATES[each][1] for each in states]
        ),
        "description": {"field": "said"},
    }
    # The narrowest that can be seen, however short the step.
    mark = {"type": "bar", "height": {"band": 0.72}, "minBandSize": 1, "strokeWidth": 0}
    return _drawing(panel.label, rows, {"height": {"step": 15}, "mark": mark, "encoding": encoding})


def _bar(row: str, start_ns: int, end_ns: int, state: str, name: str) -> Spec:
    title = _STATES[state][0]
    return {
        "row": row,
        "start": start_ns / 1e9,
        "end": end_ns / 1e9,
        "state": title,
        "said": f"{name}, {title}: {duration((end_ns - start_ns) / 1e9)} "
        f"from {duration(start_ns / 1e9)}",
    }


def _waterfall(part: Waterfall) -> list[Drawing]:
    rows: list[Spec] = [
        {
            "label": _wrapped(fall.label),
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
    names = list(dict.fromkeys(str(row["stage"]) for row in rows))
    encoding = {
        "x": _axis("start", _TIME, [row["end"] for row in rows]),
        "x2": {"field": "end"},
        "y": _names("label"),
        "color": _nominal("stage", names, PALETTE),
        "description": {"field": "said"},
    }
    mark = {"type": "bar", "height": {"band": 0.65}}
    return [_drawing("", rows, {"height": {"step": 27}, "mark": mark, "encoding": encoding})]


def _axis(field: str, axis: Axis, values: Sequence[float]) -> Spec:
    """An axis that holds these values; on logs, with as many powers of ten as can be read."""
    made: Spec = {"title": axis.title, "tickCount": 5, "grid": True}
    scale: Spec = {"zero": True}
    if axis.unit:
        made["labelExpr"] = f"format(datum.value, '~s') + '{'s' if axis.unit == 's' else 'B'}'"
    elif axis.log:
        made["format"] = "~s"
    if axis.log:
        ends = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
        low, high = ends[0], max(ends[1], ends[0] + 1)
        every = -(-(high - low) // _POWERS)
        made["values"] = [10.0**power for power in range(low, high + 1, every)]
        scale = {"type": "log", "domain": [10.0**low, 10.0**high], "nice": False}
    elif values:
        scale = {"domain": [min(0, *values), max(0, *values)], "nice": True}
    return {"field": field, "type": "quantitative", "axis": made, "scale": scale}


def _names(field: str) -> Spec:
    look = {"title": None, "ticks": False, "domain": False, "labelColor": INK, "labelPadding": 6}
    look |= {"labelExpr": "split(datum.label, '\\n')", "labelLineHeight": 12, "labelOverlap": False}
    return {"field": field, "type": "nominal", "sort": None, "axis": look}


def _wrapped(label: str) -> str:
    return "\n".join(textwrap.wrap(label, _LABEL))


def _nominal(field: str, domain: Sequence[str], looks: Sequence[Any]) -> Spec:
    chosen = [looks[i % len(looks)] for i in range(len(domain))]
    return {
        "field": field,
        "type": "nominal",
        "sort": None,
        "scale": {"domain": list(domain), "range": chosen},
    }


def _drawing(title: str, rows: Iterable[Spec], rest: Spec) -> Drawing:
    fixed = isinstance(rest["height"], int)
    return Drawing(
        title,
        {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
            "width": WIDTH,
            "autosize": {"type": "fit" if fixed else "fit-x", "contains": "padding"},
            "data": {"values": list(rows)},
            "config": _CONFIG,
            **rest,
        },
    )
