"""A run's figures and troubles for a terminal."""

from __future__ import annotations

from rich.console import Console, RenderableType
from rich.text import Text

from harness.report import experiments, ruled, usage
from harness.report.tables import show
from harness.report.view import ExperimentView, View

_USING = ("workload", "overhead", "throughput")  # experiments whose resources are shown
_LEGEND = (
    "P: steps at once; 1 where a mode is sequential by nature. Medians over trials;\n"
    "±: half of the 95 % interval, relative; ? one trial has none; ! unstable.\n"
    "/plain: over plain Python's with the same P; = is a tie, inside the A/A null\n"
    "or the interval. step+: overhead per step, (makespan - ideal schedule) / steps."
)


def print_run(view: View) -> None:
    """What has to be known first; a table for each experiment and mode; then what went wrong."""
    parts: list[RenderableType] = [Text(text, style="bold yellow") for text in view.warnings]
    for experiment in view.experiments:
        if not experiment.ruler:
            parts += _experiment(view, experiment)
    parts += [usage.starts(view.starts), "", *ruled.parts(view.ruler), Text(_LEGEND, style="dim")]
    show(*parts)
    # Not wrapped: a message is one line, and its paths can be copied.
    console = Console(highlight=False, soft_wrap=True)
    for trouble in view.troubles:
        console.print(Text(trouble.line(), style=experiments.STYLES.get(trouble.outcome, "red")))


def _experiment(view: View, experiment: ExperimentView) -> list[RenderableType]:
    """One table for each mode, because modes are never compared."""
    parts: list[RenderableType] = []
    for mode in dict.fromkeys(row.mode for row in experiment.rows):
        rows = [row for row in experiment.rows if row.mode == mode]
        found = [each for each in experiment.findings if each.mode == mode]
        title = f"{experiment.name}, mode {mode}: {experiment.about}"
        renderer = experiments.RENDERERS.get(experiment.estimates, experiments.cells)
        parts += [renderer(title, rows, found, view.ruler.null_spread), ""]
        if experiment.estimates in _USING:
            parts += [usage.consumption(f"{experiment.name}: what it used, warm", rows), ""]
    return parts
