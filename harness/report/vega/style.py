"""What all charts look like."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

from harness.report.document import Axis

Json = dict[str, Any]

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
WIDTH = 620
_TITLE = 95  # characters in a line of it

#: Okabe and Ito's palette (2008), told apart with every kind of colour vision.
PALETTE = ("#000000", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right")

_SECONDS = (
    "datum.value == 0 ? '0' : abs(datum.value) < 9.995e-4 ? format(datum.value * 1e6, '~r') + ' µs'"
    " : abs(datum.value) < 0.9995 ? format(datum.value * 1e3, '~r') + ' ms'"
    " : format(datum.value, '~r') + ' s'"
)
_BYTES = "format(datum.value, '~s') + 'B'"
_LABELS = {"s": _SECONDS, "B": _BYTES}

_CONFIG: Json = {
    "font": "sans-serif",
    "view": {"stroke": "#cccccc"},
    "axis": {"gridColor": "#e5e5e5", "labelFontSize": 11, "titleFontSize": 11},
    "legend": {"labelLimit": 420, "labelFontSize": 11, "titleFontSize": 11, "symbolSize": 60},
    "title": {"anchor": "start", "fontSize": 13, "fontWeight": "bold"},
}


def whole(title: str, alt: str, drawn: Json) -> Json:
    """A specification that needs nothing else."""
    lines = title.splitlines() or [""]
    return {
        "$schema": SCHEMA,
        "background": "white",
        "title": {"text": [part for line in lines for part in textwrap.wrap(line, _TITLE)]},
        "description": alt,
        "config": _CONFIG,
        **drawn,
    }


def axis(asked: Axis, field: str) -> Json:
    """A quantitative channel for ``field``."""
    shown: Json = {"title": asked.title, "tickCount": 6, "labelOverlap": "greedy"}
    if asked.unit in _LABELS:
        shown["labelExpr"] = _LABELS[asked.unit]
    scale: Json = {"type": "log"} if asked.log else {"zero": True}
    return {"field": field, "type": "quantitative", "axis": shown, "scale": scale}


def look(labels: Sequence[str], of: Sequence[str], field: str = "label", columns: int = 2) -> Json:
    """A colour for each of ``of``, a shape for each label, so that neither is needed alone; one
    legend for both.
    """
    legend = {"title": None, "orient": "bottom", "columns": columns}
    own = {"field": field, "type": "nominal", "legend": legend}
    turns = {name: turn for turn, name in enumerate(dict.fromkeys(of))}
    colours = [PALETTE[turns[name] % len(PALETTE)] for name in of]
    shapes = [SHAPES[turn % len(SHAPES)] for turn in range(len(labels))]
    return {
        "color": {**own, "scale": {"domain": list(labels), "range": colours}},
        "shape": {**own, "scale": {"domain": list(labels), "range": shapes}},
    }
