"""Portability as figures: on how many interpreters and in how many modes a workload ran."""

from __future__ import annotations

from collections.abc import Iterator

from harness.analysis.cells import CellFigures
from harness.analysis.summary import ExperimentSummary, Summary
from harness.evidence.figure import MeasuredFigure
from harness.frameworks.label import Label
from harness.model import BASELINE, Outcome


def portability_figures(
    summary: Summary, experiment: ExperimentSummary
) -> Iterator[MeasuredFigure]:
    """Where it ran. What could not be tried here may be anything: an interpreter that our own pins
    refuse to plain Python, too, and a mode that wants a service which nobody gave.
    """
    rows: dict[str, list[CellFigures]] = {}
    for row in experiment.rows:
        rows.setdefault(Label.parse(row.framework).without_python, []).append(row)
    pinned = {_python(summary, row) for row in rows.get(BASELINE, ()) if _refused(row)}
    pinned -= {_python(summary, row) for row in rows.get(BASELINE, ()) if row.outcome is Outcome.OK}
    for framework, own in rows.items():
        good = [row for row in own if row.outcome is Outcome.OK]
        pythons = {_python(summary, row) for row in good}
        # Where others of its modes ran on the same interpreter, it was the service that lacked.
        lacking = {_kind(row) for row in own if _refused(row) and _python(summary, row) in pythons}
        modes = {_kind(row) for row in good}
        for indicator, ran, untried in (
            ("interpreters-ran", pythons, pinned - pythons),
            ("modes-ran", modes, lacking - modes),
        ):
            least, most = len(ran), len(ran) + len(untried)
            told = ", ".join(sorted(ran)) or "none"
            yield MeasuredFigure(
                framework=framework,
                indicator=indicator,
                value=(least + most) / 2,
                interval=(least, most),
                exact=True,
                text=f"{told}; not tried: {', '.join(sorted(untried))}" if untried else told,
                cells=tuple(row.cell for row in good),
            )


def _python(summary: Summary, row: CellFigures) -> str:
    """The interpreter that a row is of."""
    return Label.parse(row.framework).python or summary.pythons.get(row.framework, "?")


def _kind(row: CellFigures) -> str:
    """Its mode, on whatever database."""
    return row.mode.partition("-")[0]


def _refused(row: CellFigures) -> bool:
    return row.outcome is Outcome.UNSUPPORTED
