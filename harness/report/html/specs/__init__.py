"""Charts as Vega-Lite: what a part of the render model looks like, in data and nothing else.

A chart is as wide as a phone, and several stand beside each other where there is room: one drawing
for every screen and for paper. Colours are names of a palette that a style sheet may replace.
"""

from __future__ import annotations

from harness.report.document import Chart, Curves, Gantt, Intervals
from harness.report.html.specs import points, spans
from harness.report.html.specs.look import Drawing


def drawings(part: Chart) -> list[Drawing]:
    """All pictures of a chart; none where it has nothing that can be drawn."""
    if isinstance(part, Curves):
        return points.of_curves(part)
    if isinstance(part, Intervals):
        return points.of_intervals(part)
    return spans.of_gantt(part) if isinstance(part, Gantt) else spans.of_waterfall(part)
