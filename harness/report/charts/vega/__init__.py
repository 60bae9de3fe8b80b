"""Charts as Vega-Lite: one set of drawings for the page and for files beside a text.

Whatever comes from outside stands in the data or in a title, and is never an expression.
"""

from __future__ import annotations

from harness.report.charts.vega import points, spans
from harness.report.charts.vega.style import Drawing, Spec, alone, stacked, told
from harness.report.document import Chart, Curves, Gantt, Intervals

__all__ = ["Drawing", "Spec", "alone", "drawings", "spec", "told"]


def drawings(part: Chart) -> list[Drawing]:
    """All pictures of a chart; none where it has nothing that can be drawn."""
    if isinstance(part, Curves):
        return points.of_curves(part)
    if isinstance(part, Intervals):
        return points.of_intervals(part)
    return spans.of_gantt(part) if isinstance(part, Gantt) else spans.of_waterfall(part)


def spec(part: Chart) -> Spec:
    """The whole chart as one specification that needs nothing else."""
    return stacked(part.title, part.alt, drawings(part))
