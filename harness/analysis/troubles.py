"""Troubles of a run: trials that did not end well, with their evidence and logs."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import msgspec

from harness.model import Outcome, Plan, Repetition, Run, Trial
from harness.results import store


class Trouble(msgspec.Struct, frozen=True):
    """One failure: where, what, its log, and the next command."""

    who: str  #: with its mode
    outcome: Outcome
    what: str
    log: str
    retry: str  #: empty where the adapter is not to blame
    trial: str  #: its folder below trials/; none where there is no log
    numbers: tuple[int, ...]  #: rounds of all trials that failed in this way

    def line(self) -> str:
        """Return the trouble as one line."""
        trials = f"trial{'s' * (len(self.numbers) > 1)} {', '.join(map(str, self.numbers))}"
        log = "" if self.log == "none" else f"; log: {self.log}"
        said = f"{self.who} {self.outcome.value}, {trials}: {self.what}{log}"
        return f"{said}; retry: {self.retry}" if self.retry else said


def portability_cells(plan: Plan) -> set[str]:
    """Return the cells of portability experiments, in which a refusal is an answer, not a fault."""
    return {
        cell for each in plan.experiments if each.estimates == "portability" for cell in each.cells
    }


def troubles(folder: Path, run: Run) -> list[Trouble]:
    """Return the worst failure of each trial; equal ones of several trials are one.

    A cell that took longer than its budget is a result of its experiment, not a trouble.
    """
    limited = {cell.id for cell in run.plan.cells if cell.budget_s is not None}
    asked = portability_cells(run.plan)
    found: dict[Trouble, list[int]] = {}
    for trial in run.trials:
        outcome, evidence = trial.worst
        if outcome in (Outcome.OK, Outcome.SKIPPED) or _over_budget(trial, limited):
            continue
        if outcome is Outcome.UNSUPPORTED and {rep.cell for rep in trial.repetitions} <= asked:
            continue
        log = folder / store.TRIALS / trial.id / "output.log"
        trouble = Trouble(
            who=f"{trial.framework}/{trial.mode}",
            outcome=outcome,
            what="; ".join(evidence),
            log=str(log) if log.exists() else "none",
            retry=_retry(run, trial),
            trial=trial.id if log.exists() else "",
            numbers=(),
        )
        found.setdefault(trouble, []).append(trial.number)
    return [
        msgspec.structs.replace(each, numbers=tuple(dict.fromkeys(numbers)))
        for each, numbers in found.items()
    ]


def _over_budget(trial: Trial, limited: set[str]) -> bool:
    """Return whether the only failure is an execution that was ended at its budget."""
    late = [rep for rep in trial.repetitions if rep.outcome is Outcome.TIMEOUT]
    within = all(ended_at_budget(each, limited) for each in late)
    return trial.worst[0] is Outcome.TIMEOUT and bool(late) and within


def ended_at_budget(repetition: Repetition, limited: set[str]) -> bool:
    """Return whether a repetition was ended because its cell's budget was used up.

    ``limited`` are the ids of cells with a budget.
    """
    late = repetition.outcome is Outcome.TIMEOUT and "execute" not in repetition.phases
    return late and repetition.cell in limited


def _retry(run: Run, trial: Trial) -> str:
    """Return the command that does again what failed; empty where it could not end otherwise."""
    if trial.planned_id == run.plan.order[0].id:
        return ""  # the reference failed: the workload is to blame, as the evidence says
    if trial.worst[0] is Outcome.UNSUPPORTED:
        return ""
    where = f"{trial.framework} --mode {trial.mode}"
    failed = [each for each in trial.repetitions if each.outcome is trial.worst[0]]
    if trial.outcome is not Outcome.OK or not failed:
        return f"harness check {where}"
    spec = run.plan.workloads[run.plan.cell(failed[-1].cell).workload]
    given = " ".join(
        f"--param {shlex.quote(f'{name}={_typed(value)}')}"
        for name, value in spec.parameters.items()
        if value is not None
    )
    return f"harness run --framework {where} --workload {shlex.quote(spec.name)} {given}".rstrip()


def _typed(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
