"""Drawings of curves through measured points, and of values with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harness.report.charts.vega.style import (
    MUTED,
    PALETTE,
    Drawing,
    Spec,
    drawable,
    drawn,
    names,
    nominal,
    quantity,
    ranged,
    told,
    wrapped,
)
from harness.report.document import Axis, Curves, Interval, Intervals

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


def of_curves(part: Curves) -> list[Drawing]:
    """Return a line for each series, with a whisker at each point that has an interval."""
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
    hues = {each.label: each.hue for each in part.series}
    series = {
        "color": nominal("label", labels, [PALETTE[hues[each] % len(PALETTE)] for each in labels]),
        "shape": nominal("label", labels, _SHAPES),
    }
    across = quantity("x", part.x, [row["x"] for row in rows])
    up = quantity(
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
                "color": series["color"],
            },
        },
        {
            "mark": {"type": "line", "aria": False, "strokeWidth": 1.75},
            "encoding": {
                "x": across,
                "y": up,
                "color": series["color"],
            },
        },
        {
            "mark": {"type": "point", "filled": True, "size": 38, "opacity": 1},
            "encoding": {"x": across, "y": up, **series, "description": {"field": "said"}},
        },
    ]
    layers += _levels(part.x, "x") + _levels(part.y, "y")
    return [drawn("", rows, {"height": 320, "layer": layers})]


def _levels(axis: Axis, channel: str) -> list[Spec]:
    """Return the reference line of an axis, with its label."""
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


def of_intervals(part: Intervals) -> list[Drawing]:
    """Return a drawing for each group, with a row for each label."""
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
            "label": wrapped(each.label),
            "x": each.value,
            **({"low": each.low} if drawable(each.low, axis) else {}),
            **({"high": each.high} if drawable(each.high, axis) else {}),
            "said": f"{each.label}: {ranged(each.value, each.low, each.high, axis.unit)}",
        }
        for each in shown
    ]
    across, up = quantity("x", axis, domain), names("label")
    rule = {"type": "rule", "aria": False, "color": PALETTE[0], "strokeWidth": 3, "opacity": 0.45}
    layers: list[Spec] = [
        {
            "transform": [{"filter": "isValid(datum.low) && isValid(datum.high)"}],
            "mark": rule,
            "encoding": {"x": across | {"field": "low"}, "x2": {"field": "high"}, "y": up},
        },
        {
            "mark": {
                "type": "point",
                "filled": True,
                "size": 60,
                "color": PALETTE[0],
                "opacity": 1,
            },
            "encoding": {"x": across, "y": up, "description": {"field": "said"}},
        },
    ]
    layers += _levels(axis, "x")
    return drawn(title, rows, {"height": {"step": 27}, "layer": layers})
