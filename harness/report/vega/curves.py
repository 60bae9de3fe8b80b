"""Lines through measured points, and values with their intervals."""

from __future__ import annotations

from harness.report.document import Axis, Curves, Intervals
from harness.report.vega.style import WIDTH, Json, axis, look

_HEIGHT = 320
_ROW = 24  # height of a label's row
_RULE = {"color": "#777777", "strokeDash": [5, 4]}


def of_curves(chart: Curves) -> Json:
    """A line for each series, with a whisker at each point that has an interval."""
    labels = [each.label for each in chart.series]
    values = [
        {
            "label": each.label,
            "x": dot.x,
            "y": dot.y,
            "low": dot.low,
            "high": dot.high,
            "note": each.note,
        }
        for each in chart.series
        for dot in each.points
    ]
    looks = look(labels, [each.framework for each in chart.series])
    x, y = axis(chart.x, "x"), axis(chart.y, "y")
    colour = looks["color"]
    whiskers = [each for each in values if each["low"] is not None and each["high"] is not None]
    layers: list[Json] = [
        {
            "mark": {"type": "line", "strokeWidth": 1.5},
            "encoding": {"x": x, "y": y, "color": colour},
        },
        {
            "mark": {"type": "point", "filled": True, "size": 50, "opacity": 1},
            "encoding": {"x": x, "y": y, **looks, "tooltip": _tips(chart.x, chart.y)},
        },
    ]
    if whiskers:
        ends = {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}, "color": colour}
        layers.insert(0, {"data": {"values": whiskers}, "mark": "rule", "encoding": ends})
    return {
        "width": WIDTH,
        "height": _HEIGHT,
        "data": {"values": values},
        "layer": [*_levels(chart.y, "y"), *_levels(chart.x, "x"), *layers],
    }


def of_intervals(chart: Intervals) -> Json:
    """A row for each label, a panel for each group."""
    x = axis(chart.axis, "value")
    y: Json = {"field": "label", "type": "nominal", "sort": None, "title": None}
    y["axis"] = {"labelLimit": 260, "grid": True}
    groups = list(dict.fromkeys(each.group for each in chart.intervals))
    frameworks = list(dict.fromkeys(each.framework for each in chart.intervals))
    panels = []
    for group in groups:
        values = [
            {
                "label": each.label,
                "framework": each.framework,
                "value": each.value,
                "low": each.low,
                "high": each.high,
                "note": each.note,
            }
            for each in chart.intervals
            if each.group == group
        ]
        looks = look(frameworks, frameworks, "framework", 4)
        whiskers = [each for each in values if each["low"] is not None and each["high"] is not None]
        ends = {
            "x": {**x, "field": "low"},
            "x2": {"field": "high"},
            "y": y,
            "color": looks["color"],
        }
        panels.append(
            {
                **({"title": {"text": group, "fontWeight": "normal"}} if group else {}),
                "width": WIDTH - 160,
                "height": {"step": _ROW},
                "data": {"values": values},
                "layer": [
                    *_levels(chart.axis, "x"),
                    {"data": {"values": whiskers}, "mark": "rule", "encoding": ends},
                    {
                        "mark": {"type": "point", "filled": True, "size": 60, "opacity": 1},
                        "encoding": {"x": x, "y": y, **looks, "tooltip": _tips(chart.axis)},
                    },
                ],
            }
        )
    if len(panels) == 1:
        return panels[0] if not groups[0] else {"vconcat": panels}
    return {"vconcat": panels, "resolve": {"scale": {"color": "shared", "shape": "shared"}}}


def _levels(asked: Axis, channel: str) -> list[Json]:
    """A line to compare with, and what it is."""
    if asked.level is None:
        return []
    value = {"values": [{"level": asked.level, "title": asked.level_title}]}
    at = {channel: {"field": "level", "type": "quantitative"}}
    return [{"data": value, "mark": {"type": "rule", **_RULE}, "encoding": at}]


def _tips(*axes: Axis) -> list[Json]:
    fields = ["x", "y"] if len(axes) == 2 else ["value"]
    named = [(field, each.title) for field, each in zip(fields, axes, strict=True)]
    shown = [{"field": f, "type": "quantitative", "title": t, "format": ".4~g"} for f, t in named]
    ends = [
        {"field": field, "type": "quantitative", "title": f"95 %, {field}", "format": ".4~g"}
        for field in ("low", "high")
    ]
    label = {"field": "label", "type": "nominal", "title": "of"}
    return [label, *shown, *ends, {"field": "note", "type": "nominal", "title": "note"}]
