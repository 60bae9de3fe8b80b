"""Lookup of a run's repetitions, rounds and events, as figures need them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from pathlib import Path

from harness import wire
from harness.analysis.reference import Reference, reference
from harness.model import BASELINE, LIBRARIES, Cell, Outcome, Repetition, Run
from harness.results import store
from harness.results.journal import Event, read_events
from harness.stats import Estimate, estimate

#: Values of the repetitions of each round, by the round's number.
Rounds = Mapping[int, list[float]]
#: One figure of a repetition, or None where it has none.
Figure = Callable[[Repetition], float | None]


class RunData:
    """A run and its raw events; the reference of a workload is worked out once."""

    def __init__(self, folder: Path, run: Run) -> None:
        self.folder, self.run = folder, run
        self._by_cell: dict[str, list[tuple[int, str, Repetition]]] = {}
        for trial in run.trials:
            for repetition in trial.repetitions:
                entry = (trial.number, trial.id, repetition)
                self._by_cell.setdefault(repetition.cell, []).append(entry)
        self._approximate = {
            trial.framework
            for trial in run.trials
            for each in trial.repetitions
            if each.outcome is Outcome.OK and each.evidence
        }
        self.reference = functools.cache(self._reference)
        self._submitted = functools.cache(self._submitted_by_run)
        self.events = functools.lru_cache(maxsize=4)(self._events)  # of one large cell, used twice

    def repetitions(self, cell: str) -> list[tuple[int, str, Repetition]]:
        """Return all repetitions of a cell, each with its round and trial."""
        return self._by_cell.get(cell, [])

    def outcome(self, cell: str) -> tuple[Outcome, str]:
        """Return the worst outcome of a cell, with its evidence."""
        found = [repetition for _, _, repetition in self.repetitions(cell)]
        worst = Outcome.worst([each.outcome for each in found])
        evidence = [each.evidence for each in found if each.outcome is worst and each.evidence]
        return worst, "; ".join(evidence[0]) if evidence else ""

    def rounds(self, cell: str, figure: Figure, *, cold: bool = False) -> Rounds:
        """Return a figure of a cell's good repetitions, warm or cold ones, by round."""
        found: dict[int, list[float]] = {}
        for number, _, repetition in self.repetitions(cell):
            if repetition.outcome is Outcome.OK and repetition.cold is cold:
                value = figure(repetition)
                if value is not None:
                    found.setdefault(number, []).append(value)
        return found

    def estimate(
        self, cell: str, figure: Figure, *, cold: bool = False, positive: bool = True
    ) -> Estimate | None:
        """Return the median of a figure over trials, with its interval; None without values."""
        found = self.rounds(cell, figure, cold=cold)
        return estimate(list(found.values()), positive) if found else None

    def _events(self, trial: str, run_id: str) -> list[Event]:
        """Return the recorded attempts of one repetition."""
        return read_events(self.folder / store.TRIALS / trial / run_id / wire.EVENTS)

    def submitted_ns(self, trial: str, run_id: str) -> int:
        """Return the monotonic stamp at which one repetition began to execute, in nanoseconds."""
        return self._submitted(trial)[run_id]

    def baseline(self, cell: Cell) -> Cell | None:
        """Return the cell of plain Python with as many workers on the same workload, if planned."""
        wanted = (BASELINE, cell.workers, cell.workload)
        return next(
            (
                each
                for each in self.run.plan.cells
                if (each.framework, each.workers, each.workload) == wanted
            ),
            None,
        )

    def version(self, framework: str) -> str:
        """Return the version of a framework that ran; ``?`` if none did."""
        for trial in self.run.trials:
            if trial.framework == framework and trial.versions:
                named = {k: v for k, v in trial.versions.items() if k not in LIBRARIES}
                own = [version for name, version in named.items() if name != "python"]
                return own[0] if own else named["python"]
        return "?"

    def role(self, framework: str) -> str:
        """Return the role of a framework; empty in runs that did not record roles."""
        return self.run.roles.get(framework, "baseline" if framework == BASELINE else "")

    def approximate(self, framework: str) -> bool:
        """Return whether an execution of a framework counts only with a reservation."""
        return framework in self._approximate

    def _submitted_by_run(self, trial: str) -> dict[str, int]:
        phases = wire.read_phases(self.folder / store.TRIALS / trial / wire.PHASES)
        return {phase.run_id: phase.start_ns for phase in phases if phase.name == "execute"}

    def _reference(self, key: str) -> Reference | None:
        cell = self.run.plan.reference(key)
        good = [each for each in self.repetitions(cell.id) if each[2].outcome is Outcome.OK]
        warm = [each for each in good if not each[2].cold] or good
        executions = (self.events(trial, rep.run_id) for _, trial, rep in warm)
        workload, planned = store.workload(self.folder, key), self.run.plan.workloads[key].steps
        if len(workload.steps) != planned:
            raise ValueError(f"workload {key} has {len(workload.steps)} steps, not {planned}")
        return reference(workload, executions)
