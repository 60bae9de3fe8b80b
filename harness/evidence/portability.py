"""Portability figures: the number of interpreters and of modes that ran a workload."""

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
    """Yield the numbers of interpreters and of modes on which each framework ran.

    The interval extends by those that could not run here for a reason outside the framework: an
    interpreter that the harness's own pins refuse for plain Python too, and a mode whose service
    is missing.
    """
    rows: dict[str, list[CellFigures]] = {}
    for row in experiment.rows:
        rows.setdefault(Label.parse(row.framework).without_python, []).append(row)
    pinned = {_python(summary, row) for row in rows.get(BASELINE, ()) if _refused(row)}
    pinned -= {_python(summary, row) for row in rows.get(BASELINE, ()) if row.outcome is Outcome.OK}
    for framework, own in rows.items():
        good = [row for row in own if row.outcome is Outcome.OK]
        pythons = {_python(summary, row) for row in good}
        # If another mode ran on the same interpreter, the refused mode lacked its service.
        lacking = {_kind(row) for row in own if _refused(row) and _python(summary, row) in pythons}
        modes = {_kind(row) for row in good}
        for indicator, ran, skipped in (
            ("interpreters-ran", pythons, pinned - pythons),
            ("modes-ran", modes, lacking - modes),
        ):
            least, most = len(ran), len(ran) + len(skipped)
            names = ", ".join(sorted(ran)) or "none"
            yield MeasuredFigure(
                framework=framework,
                indicator=indicator,
                value=(least + most) / 2,
                interval=(least, most),
                exact=True,
                text=f"{names}; not tried: {', '.join(sorted(skipped))}" if skipped else names,
                cells=tuple(row.cell for row in good),
            )


def _python(summary: Summary, row: CellFigures) -> str:
    """Return the interpreter version of a row."""
    return Label.parse(row.framework).python or summary.pythons.get(row.framework, "?")


def _kind(row: CellFigures) -> str:
    """Return the mode of a row without its database."""
    return row.mode.partition("-")[0]


def _refused(row: CellFigures) -> bool:
    return row.outcome is Outcome.UNSUPPORTED
