"""Where an unchanged workload gave plain Python's answer: modes by interpreters."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from harness.analysis.cells import CellFigures
from harness.model import Outcome
from harness.report.tables import NOTHING, table
from harness.report.view import ExperimentView, View

_WORDS = {
    Outcome.OK: "same",
    Outcome.WRONG: "differs",
    Outcome.UNSUPPORTED: "refused",
    Outcome.SKIPPED: "skipped",
}
_STYLES = {Outcome.OK: "green", Outcome.UNSUPPORTED: "yellow", Outcome.SKIPPED: "yellow"}
_PYTHON = "@py"


def parts(view: View, experiment: ExperimentView) -> list[RenderableType]:
    """A row for each framework and mode, a column for each interpreter; then who refused what."""
    cells: dict[tuple[str, str], dict[str, CellFigures]] = {}
    for row in experiment.rows:
        framework, _, asked = row.framework.partition(_PYTHON)
        python = asked or view.pythons.get(row.framework, "?")
        cells.setdefault((framework, row.mode), {})[python] = row
    pythons = sorted({python for row in cells.values() for python in row}, key=_order)
    made = table(
        ("framework", "mode", *pythons),
        [
            [framework, mode, *(_cell(row.get(python)) for python in pythons)]
            for (framework, mode), row in cells.items()
        ],
        left=("framework", "mode"),
        title=f"{experiment.name}: {experiment.about}",
    )
    said = dict.fromkeys(
        f"{row.framework.partition(_PYTHON)[0]}: {row.reason}"
        for row in experiment.rows
        if row.outcome is not Outcome.OK
    )
    return [made, *(Text(f"  {line}", style="dim") for line in said)]


def _cell(row: CellFigures | None) -> Text:
    if row is None:
        return Text(NOTHING)
    word = _WORDS.get(row.outcome, row.outcome.value)
    return Text(word, style=_STYLES.get(row.outcome, "red"))


def _order(python: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else 0 for part in python.split("."))
