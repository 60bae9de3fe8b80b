"""Figures and failures of a run for a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from harness.analysis.summary import Summary
from harness.report.tables import controls, experiments, portability, usage
from harness.report.terminal.console import STYLES, Shown, show, text

_LEGEND = (
    "P: steps at once; 1 where a mode is sequential by nature. Medians over trials.\n"
    "±: half of the 95 % interval, relative; ?: one trial only; !: trials differ by\n"
    "10 % or more. /plain: ratio to plain Python with the same P; =: a tie, within the\n"
    "interval or the A/A null. step+: overhead per step, (T - sum of d) / N for a\n"
    "chain, else T*P/N - d; run+: overhead per run, T - longest path, with makespan\n"
    "T, N steps, a step's own time d. In parentheses: the role of what is no\n"
    "orchestrator. ≈: outputs equal plain Python's within a tolerance only."
)


def print_run(summary: Summary) -> None:
    """Print the warnings, a table for each experiment and mode, then the failures."""
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
