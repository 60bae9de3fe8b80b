"""Common style and encoding channels of all charts."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from harness.report.document import Axis
from harness.report.tables.formatting import bytes_, duration

Spec = dict[str, Any]

_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
_NARROW, _WIDE = 340, 560  # pixels: in a page, which may be on a phone; in a file
_TITLE = 95  # characters in a line of a file's title
INK, MUTED, LINE = "#1c1e21", "#59616a", "#d9dde2"
#: Distinguishable with every kind of colour vision (hues of Okabe and Ito, dark enough for lines
#: on white); shapes and dashes differ, too.
PALETTE = ("#0072b2", "#c24e00", "#00805c", "#a8508a", "#8a6a00", "#5b4fb0", "#4a545e", "#7a3b2e")

_LABEL = 24  #: characters of a row's name in one line
_POWERS = 6  #: labels of powers of ten on a logarithmic axis, at most
_MOST = 1e18  #: largest value of any unit that is drawn
_SECONDS = (
    "datum.value == 0 ? '0' : abs(datum.value) < 9.995e-4 ? format(datum.value * 1e6, '~r') + ' µs'"
    " : abs(datum.value) < 0.9995 ? format(datum.value * 1e3, '~r') + ' ms'"
    " : format(datum.value, '~r') + ' s'"
)
_LABELS = {"s": _SECONDS, "B": "format(datum.value, '~s') + 'B'"}
_CONFIG: Spec = {
    "background": None,
    # Room for a reader's font that is wider than the font of the layout.
    "padding": {"left": 28, "top": 5, "right": 16, "bottom": 5},
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
    """One drawing of a chart; a chart may need several."""

    title: str
    spec: Spec


def drawable(value: float | None, axis: Axis) -> bool:
    """Return whether ``value`` can be drawn on ``axis``; zero cannot on a log scale.

    Values beyond anything measurable are refused: the renderer would search for ticks until its
    memory ends, and take this process with it.
    """
    if value is None or not abs(value) <= _MOST:  # NaN is neither
        return False
    return value >= 1 / _MOST if axis.log else value == 0 or abs(value) >= 1 / _MOST


def told(value: float | None, unit: str) -> str:
    """Return a value with its unit, for people; a dash for None or a non-finite value."""
    if value is None or not math.isfinite(value):
        return "–"
    if unit == "s":
        return duration(value)
    if unit == "B":
        return bytes_(value)
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def ranged(value: float, low: float | None, high: float | None, unit: str) -> str:
    """Return a value with its interval, if it has one."""
    text = told(value, unit)
    return text if low is None or high is None else f"{text} ({told(low, unit)}–{told(high, unit)})"


def quantity(field: str, axis: Axis, values: Sequence[float]) -> Spec:
    """Return a quantitative channel whose axis spans ``values``, with readable tick labels."""
    made: Spec = {"title": axis.title, "tickCount": 5, "grid": True}
    scale: Spec = {"zero": True}
    if axis.unit in _LABELS:
        made["labelExpr"] = _LABELS[axis.unit]
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


def names(field: str) -> Spec:
    """Return a channel with a row for each name, in the order of the data."""
    look = {"title": None, "ticks": False, "domain": False, "labelColor": INK, "labelPadding": 6}
    look |= {"labelExpr": "split(datum.label, '\\n')", "labelLineHeight": 12, "labelOverlap": False}
    return {"field": field, "type": "nominal", "sort": None, "axis": look}


def wrapped(label: str) -> str:
    """Return a row's name, wrapped to fit beside the row."""
    return "\n".join(textwrap.wrap(label, _LABEL))


def nominal(field: str, domain: Sequence[str], looks: Sequence[Any]) -> Spec:
    """Return a channel of colours or shapes by name; they repeat if names outnumber them."""
    chosen = [looks[i % len(looks)] for i in range(len(domain))]
    return {
        "field": field,
        "type": "nominal",
        "scale": {"domain": list(domain), "range": chosen},
        # The same for every channel; otherwise each would have its own legend.
        "legend": {"title": None, "orient": "bottom", "columns": 1, "symbolOpacity": 1},
    }


def drawn(title: str, rows: Iterable[Spec], rest: Spec) -> Drawing:
    """Return a drawing with its data."""
    return Drawing(title, {"data": {"values": list(rows)}, **rest})


def alone(drawing: Drawing) -> Spec:
    """Return one drawing as a whole specification, as wide as a column of the page."""
    fixed = isinstance(drawing.spec["height"], int)
    return {
        "$schema": _SCHEMA,
        "width": _NARROW,
        "autosize": {"type": "fit" if fixed else "fit-x", "contains": "padding"},
        "config": _CONFIG,
        **drawing.spec,
    }


def stacked(title: str, alt: str, drawings: Sequence[Drawing]) -> Spec:
    """Return all drawings stacked in one specification with a title."""
    lines = [part for line in title.splitlines() for part in textwrap.wrap(line, _TITLE)]
    panels = [
        {
            **({"title": {"text": each.title, "fontWeight": "normal"}} if each.title else {}),
            "width": _WIDE,
            **each.spec,
        }
        for each in drawings
    ]
    return {
        "$schema": _SCHEMA,
        "title": {"text": lines or [""], "anchor": "start", "fontSize": 13, "offset": 12},
        "description": alt,
        "config": {**_CONFIG, "background": "white"},
        "vconcat": panels,
        **({"resolve": {"scale": {"color": "shared"}}} if len(panels) > 1 else {}),
    }
