"""Vega-Lite specifications of charts, for the HTML page and for files beside a text.

Foreign text stands in data or titles only, and never in an expression.
"""

from __future__ import annotations

from harness.report.charts.vega import points, spans
from harness.report.charts.vega.style import Drawing, Spec, alone, stacked, told
from harness.report.document import Chart, Curves, Gantt, Intervals

__all__ = ["Drawing", "Spec", "alone", "drawings", "spec", "told"]


def drawings(part: Chart) -> list[Drawing]:
    """Return all drawings of a chart; an empty list if its values cannot be drawn."""
    if isinstance(part, Curves):
        return points.of_curves(part)
    if isinstance(part, Intervals):
        return points.of_intervals(part)
    return spans.of_gantt(part) if isinstance(part, Gantt) else spans.of_waterfall(part)


def spec(part: Chart) -> Spec:
    """Return the whole chart as one self-contained specification."""
    return stacked(part.title, part.alt, drawings(part))
