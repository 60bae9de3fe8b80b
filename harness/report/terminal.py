"""A run's figures and troubles for a terminal."""

from __future__ import annotations

from rich.console import Console, RenderableType
from rich.text import Text

from harness.model import Outcome
from harness.report.tables import NOTHING, duration, show, table
from harness.report.view import Row, View

_STYLES = {Outcome.OK: "green", Outcome.SKIPPED: "yellow", Outcome.UNSUPPORTED: "yellow"}
_HEADINGS = (
    *("framework", "P", "outcome", "import", "service", "build", "cold", "warm"),
    *("/plain", "step+"),
)
_LEGEND = (
    "P: steps at once; 1 where a mode is sequential by nature. /plain: warm time\n"
    "over plain Python's with the same P. step+: overhead per step, that is\n"
    "(makespan - ideal schedule) / steps."
)


def print_run(view: View) -> None:
    """Print one table for each mode, because modes are never compared; then what went wrong."""
    parts: list[RenderableType] = []
    for mode in dict.fromkeys(row.mode for row in view.rows):
        title = f"{view.workload}, {view.steps} steps, mode {mode}; median of {_runs(view)}"
        rows = [_cells(row) for row in view.rows if row.mode == mode]
        parts += [table(_HEADINGS, rows, left=("framework", "outcome"), title=title), ""]
    parts.append(Text(_LEGEND, style="dim"))
    show(*parts)
    # Not wrapped: a message is one line, and its paths can be copied.
    console = Console(highlight=False, soft_wrap=True)
    for trouble in view.troubles:
        console.print(Text(trouble.line(), style=_STYLES.get(trouble.outcome, "red")))


def _runs(view: View) -> str:
    trials, warm = view.plan.trials, view.plan.repetitions - 1
    return f"{trials} x {warm} warm runs" if warm else f"{trials} cold runs"


def _cells(row: Row) -> list[str | Text]:
    times = (row.import_s, row.service_s, row.build_s, row.cold_s, row.warm_s)
    return [
        f"{row.framework} {row.version}",
        str(row.workers),
        Text(row.outcome.value, style=_STYLES.get(row.outcome, "red")),
        *map(duration, times),
        NOTHING if row.ratio is None else f"{row.ratio:.2f}",
        duration(row.overhead_step_s),
    ]
