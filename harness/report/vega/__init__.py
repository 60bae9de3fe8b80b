"""Charts as Vega-Lite: one specification for a file beside a text, and for a page.

Whatever comes from outside stands in the data or in a title, and is never an expression.
"""

from __future__ import annotations

from typing import Any

from harness.report.document import Chart, Curves, Gantt, Intervals
from harness.report.vega import curves, spans
from harness.report.vega.style import whole


def spec(chart: Chart) -> dict[str, Any]:
    """The Vega-Lite specification of a chart, with its data."""
    if isinstance(chart, Curves):
        drawn = curves.of_curves(chart)
    elif isinstance(chart, Intervals):
        drawn = curves.of_intervals(chart)
    elif isinstance(chart, Gantt):
        drawn = spans.of_gantt(chart)
    else:
        drawn = spans.of_waterfall(chart)
    return whole(chart.title, chart.alt, drawn)
