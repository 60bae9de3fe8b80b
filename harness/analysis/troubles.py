"""Troubles of a run: trials that did not end well, with their evidence and logs."""

from __future__ import annotations

from pathlib import Path

import msgspec

from harness.model import Outcome, Plan, Repetition, Run, Trial
from harness.results import store


class Trouble(msgspec.Struct, frozen=True):
    """One thing that went wrong: where, what, the log, what to do next."""

    who: str  #: with its mode
    outcome: Outcome
    what: str
    log: str
    retry: str  #: empty where the adapter is not to blame
    trial: str  #: its folder below trials/; none where there is no log
    numbers: tuple[int, ...]  #: of all trials of which this is true

    def line(self) -> str:
        """As one line."""
        trials = f"trial{'s' * (len(self.numbers) > 1)} {', '.join(map(str, self.numbers))}"
        said = f"{self.who} {self.outcome.value}, {trials}: {self.what}; log: {self.log}"
        return f"{said}; retry: {self.retry}" if self.retry else said


def portability_cells(plan: Plan) -> set[str]:
    """Return the cells of portability experiments, in which a refusal is an answer, not a fault."""
    return {
        cell for each in plan.experiments if each.estimates == "portability" for cell in each.cells
    }


def troubles(folder: Path, run: Run) -> list[Trouble]:
    """What was not ok, the worst of a trial; once, where several trials say the same.

    That a cell took longer than its budget is no trouble but what its experiment found.
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
    """Whether all that is wrong is an execution that was ended at its budget."""
    late = [rep for rep in trial.repetitions if rep.outcome is Outcome.TIMEOUT]
    within = all(ended_at_budget(each, limited) for each in late)
    return trial.worst[0] is Outcome.TIMEOUT and bool(late) and within


def ended_at_budget(repetition: Repetition, limited: set[str]) -> bool:
    """Whether it ran for as long as its cell, one of those with a budget, is given."""
    late = repetition.outcome is Outcome.TIMEOUT and "execute" not in repetition.phases
    return late and repetition.cell in limited


def _retry(run: Run, trial: Trial) -> str:
    if trial.planned_id == run.plan.order[0].id:
        return ""  # the reference failed: the workload is to blame, as the evidence says
    return f"harness check {trial.framework}"
