"""Tables of experiments: places by METG."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from harness.analysis.finding import Granularity
from harness.analysis.summary import ExperimentSummary
from harness.report.tables.experiments import tables_of
from harness.stats import Estimate


def sweep(framework: str, low: float = 0.0, high: float = 0.0, *, points: int = 2) -> Granularity:
    """Return a METG between two bounds; without points, a framework that lacks the mode."""
    value = Estimate((low + high) / 2, low, high, 6, 6, 0.0, False, 0)
    return Granularity(
        framework=framework,
        version="1.0",
        mode="server",
        workers=2,
        refusal="" if points else "no point was measured",
        steps=8,
        metg_s=value if points else None,
        points=[(1e-3, 2e-3, 0.5)] * points,
        without=0,
    )


def places(*found: Granularity) -> dict[str, str]:
    """Return the place of each framework in the table."""
    rows: Any = [SimpleNamespace(mode="server")]
    (table,) = tables_of(ExperimentSummary("metg", "metg", "", False, {}, rows, list(found)), None)
    at = [column.title for column in table.columns].index("place")
    return {row.cells[0].text.split()[0]: row.cells[at].text for row in table.rows}


def test_an_unmeasured_framework_has_no_place_and_shifts_no_other() -> None:
    found = (sweep("b", 2, 3), sweep("none", points=0), sweep("a", 0.5, 1), sweep("plain", 0.1, 1))
    assert places(*found) == {"b": "2", "none": "–", "a": "1", "plain": "–"}


def test_frameworks_with_overlapping_intervals_share_places() -> None:
    assert places(sweep("a", 1, 3), sweep("b", 2, 4), sweep("c", 5, 6)) == {
        "a": "1–2",
        "b": "1–2",
        "c": "3",
    }
