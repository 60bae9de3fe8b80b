"""Table of portability: results of the unchanged workload by mode and interpreter."""

from __future__ import annotations

from collections.abc import Mapping

from harness.analysis.cells import CellFigures
from harness.analysis.summary import ExperimentSummary
from harness.frameworks.label import Label
from harness.model import Outcome
from harness.report.document import Note, Table, TableCell, Tone
from harness.report.tables.formatting import NOTHING, cell, note, role_mark, table

_WORDS = {
    Outcome.OK: "same",
    Outcome.WRONG: "differs",
    Outcome.UNSUPPORTED: "refused",
    Outcome.SKIPPED: "skipped",
}
_TONES: dict[Outcome, Tone] = {
    Outcome.OK: "good",
    Outcome.UNSUPPORTED: "warning",
    Outcome.SKIPPED: "warning",
}


def parts(pythons: Mapping[str, str], experiment: ExperimentSummary) -> list[Table | Note]:
    """Return a row for each framework and mode, a column for each interpreter; then the reasons.

    ``pythons`` has the interpreter of each framework whose label does not name one.
    """
    cells: dict[tuple[str, str], dict[str, CellFigures]] = {}
    for row in experiment.rows:
        label = Label.parse(row.framework)
        python = label.python or pythons.get(row.framework, "?")
        cells.setdefault((label.without_python, row.mode), {})[python] = row
    columns = sorted({python for row in cells.values() for python in row}, key=_order)
    made = table(
        ("framework", "mode", *columns),
        [
            [_named(framework, row), mode, *(_cell(row.get(python)) for python in columns)]
            for (framework, mode), row in cells.items()
        ],
        left=("framework", "mode"),
        title=f"{experiment.name}: {experiment.about}",
    )
    reasons = dict.fromkeys(
        f"{Label.parse(row.framework).without_python}: {row.reason}"
        for row in experiment.rows
        if row.reason
    )
    return [made, *(note(f"  {line}", "dim") for line in reasons)]


def _named(framework: str, row: Mapping[str, CellFigures]) -> str:
    return framework + role_mark(next(iter(row.values())).role)


def _cell(row: CellFigures | None) -> TableCell:
    if row is None:
        return TableCell(NOTHING)
    word = _WORDS.get(row.outcome, row.outcome.value)
    if row.outcome is Outcome.OK and row.reason:
        word = f"{word} ≈"
    return cell(word, _TONES.get(row.outcome, "bad"), row.reason)


def _order(python: str) -> tuple[int, ...]:
    # A foreign run may hold any text: "²" is a digit but not a number, and numbers may be huge.
    return tuple(
        int(part) if part.isdecimal() and len(part) < 9 else 0 for part in python.split(".")
    )
