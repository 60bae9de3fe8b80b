"""Plan of a run for a terminal: experiments, trials and expected time."""

from __future__ import annotations

from collections.abc import Mapping

from harness import host
from harness.model import Cost, Plan
from harness.planning import forecast
from harness.report.tables.formatting import BLANK, NOTHING, duration, note, table
from harness.report.terminal.console import show

_GUESS = "This is a guess: no earlier run measured the frameworks on this machine."
_KNOWN = "A rough estimate from earlier runs on this machine."


def print_plan(plan: Plan, costs: Mapping[str, Cost], lasts_s: float) -> None:
    """Print the experiments, the trials in order, and the expected time."""
    experiments = [
        (each.name, each.estimates, str(len(each.cells)), _sizes(plan, each.cells))
        for each in plan.experiments
    ]
    trials = [
        (
            planned.id,
            str(planned.workers),
            str(len(planned.cells)),
            duration(forecast.trial_s(plan, planned, costs)),
        )
        for planned in plan.order
    ]
    crowded = plan.crowded(host.cores())
    show(
        table(
            ("experiment", "estimates", "cells", "workloads"),
            experiments,
            left=("experiment", "estimates", "workloads"),
            title=f"profile {plan.profile or NOTHING}: {len(plan.experiments)} experiments",
        ),
        BLANK,
        table(
            ("trial", "P", "cells", "about"),
            trials,
            left=("trial",),
            title=f"{len(trials)} trials, in this order",
        ),
        BLANK,
        note(f"about {duration(lasts_s)} in all. {_KNOWN if costs else _GUESS}"),
        *([note(crowded)] if crowded else []),
    )


def _sizes(plan: Plan, cells: list[str]) -> str:
    keys = dict.fromkeys(plan.cell(cell).workload for cell in cells)
    names = list(keys)
    return ", ".join(names if len(names) <= 3 else [names[0], "…", names[-1]])
