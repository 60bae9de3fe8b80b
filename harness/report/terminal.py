"""The run's table and troubles for a terminal of 80 columns."""

from __future__ import annotations

from rich import box
from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from harness.model import Outcome
from harness.report.view import Row, View

_STYLES = {
    Outcome.OK: "green",
    Outcome.SKIPPED: "yellow",
    Outcome.UNSUPPORTED: "yellow",
}


def render(view: View) -> RenderableType:
    """One table for each mode, because modes are never compared; then what went wrong."""
    parts: list[RenderableType] = []
    for mode in dict.fromkeys(row.mode for row in view.rows):
        parts.append(_table(view, mode))
    if any(row.workers == 1 for row in view.rows) and view.plan.workers > 1:
        parts.append(
            Text(
                "P: steps at once. A mode that is sequential by nature gets 1 and is compared "
                "with plain P=1.",
                style="dim",
            )
        )
    parts += [
        Text(trouble.line(), style=_STYLES.get(trouble.outcome, "red"))
        for trouble in view.troubles
    ]
    return Group(*parts)


def _table(view: View, mode: str) -> Table:
    plan = view.plan
    many = f"{plan.trials} trial{'s' * (plan.trials > 1)} x {plan.repetitions}"
    table = Table(
        title=escape(f"{view.workload}: {view.steps} steps, mode {mode}, {many}, times in seconds"),
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
    table.add_column("framework", no_wrap=True)
    for name in ("P", "outcome", "import", "service", "build", "cold", "warm", "/plain", "per step"):
        table.add_column(name, justify="left" if name == "outcome" else "right", no_wrap=True)
    for row in view.rows:
        if row.mode == mode:
            table.add_row(*_cells(row))
    return table


def _cells(row: Row) -> list[str | Text]:
    return [
        escape(f"{row.framework} {row.version}"),
        str(row.workers),
        Text(row.outcome.value, style=_STYLES.get(row.outcome, "red")),
        seconds(row.import_s),
        seconds(row.service_s),
        seconds(row.build_s),
        seconds(row.cold_s),
        seconds(row.warm_s),
        "–" if row.ratio is None else f"{row.ratio:.2f}",
        duration(row.overhead_step_s),
    ]


def seconds(value: float | None) -> str:
    """Seconds in at most five characters; an en dash for no figure."""
    if value is None:
        return "–"
    if value < 0.0005:
        return "0"
    return f"{value:.3f}" if value < 10 else f"{value:.1f}"


def duration(value: float | None) -> str:
    """A small duration with its unit."""
    if value is None:
        return "–"
    magnitude = abs(value)
    if magnitude < 1e-3:
        return f"{value * 1e6:.0f} µs"
    return f"{value * 1e3:.1f} ms" if magnitude < 1 else f"{value:.2f} s"


def show(view: View) -> None:
    """Print the view to stdout, 80 columns wide at least."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=80)
    console.print(render(view))
