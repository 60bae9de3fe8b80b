"""A run's figures and troubles for a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from harness.analysis.summary import Summary
from harness.report.tables import controls, experiments, portability, usage
from harness.report.terminal.console import STYLES, Shown, show, text

_LEGEND = (
    "P: steps at once; 1 where a mode is sequential by nature. Medians over trials;\n"
    "±: half of the 95 % interval, relative; ? one trial has none; ! unstable.\n"
    "/plain: over plain Python's with the same P; = is a tie, inside the A/A null\n"
    "or the interval. step+: overhead per step, of a chain (T - sum of d) / N, else\n"
    "T*P/N - d; run+: T - longest path."
)


def print_run(summary: Summary) -> None:
    """What has to be known first; a table for each experiment and mode; then what went wrong."""
    parts: list[Shown] = [text(each, "bold yellow") for each in summary.warnings]
    for experiment in summary.experiments:
        if experiment.estimates == "portability":
            parts += [*portability.parts(summary.pythons, experiment), ""]
        elif not experiment.control:
            for made in experiments.tables_of(experiment, summary.controls.null_spread):
                parts += [made, ""]
    if summary.starts:
        parts += [usage.starts(summary.starts), ""]
    if any(each.services_s for each in summary.starts):
        parts += [usage.services(summary.starts), ""]
    parts += [*controls.parts(summary.controls), Text(_LEGEND, style="dim")]
    show(*parts)
    # Not wrapped: a message is one line, and its paths can be copied.
    console = Console(highlight=False, soft_wrap=True)
    for trouble in summary.troubles:
        console.print(text(trouble.line(), STYLES[experiments.TONES.get(trouble.outcome, "bad")]))
