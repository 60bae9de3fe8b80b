"""The one reading of a run that every renderer shows: rows of figures, and what went wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from harness import stats, store, wire
from harness.job import LIBRARIES
from harness.model import Cell, Outcome, Plan, Repetition, Run, Trial
from workloads.dag import Workload
from workloads.record import read_events


class Row(msgspec.Struct, frozen=True):
    """One cell's figures, in seconds; None where there is no valid measurement."""

    cell: str
    framework: str
    version: str
    mode: str
    workers: int
    outcome: Outcome
    import_s: float | None
    service_s: float | None
    build_s: float | None
    cold_s: float | None
    warm_s: float | None
    spread: float | None  #: (max - min) / median of the warm makespans
    ratio: float | None  #: to plain Python with as many workers, warm
    overhead_step_s: float | None  #: (makespan - ideal) / steps, warm


class Trouble(msgspec.Struct, frozen=True):
    """One thing that went wrong: where, what, the log, what to do next."""

    label: str
    outcome: Outcome
    what: str
    log: str
    retry: str  #: empty where the adapter is not to blame

    def line(self) -> str:
        """As one line."""
        return f"{self.label} {self.what}; log: {self.log}" + (
            f"; retry: {self.retry}" if self.retry else ""
        )


class View(msgspec.Struct, frozen=True):
    """A run as reports show it."""

    run: str
    status: str
    folder: str
    workload: str
    steps: int
    plan: Plan
    rows: list[Row]
    troubles: list[Trouble]


def of_run(folder: Path, run: Run) -> View:
    """Read the raw events that a run kept and work out its figures."""
    workload = Workload.from_json(wire.read(dict[str, Any], folder / store.WORKLOAD))
    step_times = _step_times(folder, run)
    plain = {
        cell.workers: _warm(run, cell)
        for cell in run.plan.cells
        if cell.framework == run.plan.cell(run.plan.reference).framework
    }
    rows = [_row(run, cell, workload, step_times, plain) for cell in run.plan.cells]
    return View(
        run=run.id,
        status=run.status,
        folder=str(folder),
        workload=run.plan.workload,
        steps=len(workload.steps),
        plan=run.plan,
        rows=rows,
        troubles=_troubles(folder, run),
    )


def _row(
    run: Run,
    cell: Cell,
    workload: Workload,
    step_times: dict[str, float],
    plain: dict[int, float | None],
) -> Row:
    trials = [each for each in run.trials if _repetitions(each, cell)]
    repetitions = [rep for each in trials for rep in _repetitions(each, cell)]
    outcome = Outcome.worst([each.outcome for each in trials] + [r.outcome for r in repetitions])
    if outcome is not Outcome.OK:
        return Row(
            cell.id, cell.framework, _version(trials), cell.mode, cell.workers, outcome, *[None] * 8
        )
    cold = _median_s(repetitions, lambda rep: rep.makespan_ns if rep.cold else None)
    warm_ns = _warm(run, cell)
    makespans = [r.makespan_ns for r in repetitions if r.makespan_ns is not None and not r.cold]
    ratio = overhead = None
    baseline = plain.get(cell.workers)
    if warm_ns is not None and baseline:
        ratio = warm_ns / baseline
    if warm_ns is not None and step_times:
        upstreams = {step.id: step.upstreams for step in workload.steps}
        ideal = stats.ideal_makespan(upstreams, step_times, cell.workers)
        overhead = stats.overhead_per_step(warm_ns, ideal, len(upstreams)) / 1e9
    return Row(
        cell=cell.id,
        framework=cell.framework,
        version=_version(trials),
        mode=cell.mode,
        workers=cell.workers,
        outcome=outcome,
        import_s=_median_s(trials, lambda each: each.phases.get("import")),
        service_s=_median_s(trials, lambda each: each.phases.get("service")),
        build_s=_median_s(repetitions, lambda rep: rep.phases.get("build")),
        cold_s=cold,
        warm_s=None if warm_ns is None or not makespans else warm_ns / 1e9,
        spread=(max(makespans) - min(makespans)) / stats.median(makespans) if makespans else None,
        ratio=ratio,
        overhead_step_s=overhead,
    )


def _warm(run: Run, cell: Cell) -> float | None:
    """Median makespan of the warm repetitions; of the cold ones if there are no others."""
    repetitions = [rep for each in run.trials for rep in _repetitions(each, cell)]
    measured = [rep for rep in repetitions if rep.makespan_ns is not None]
    warm = [rep.makespan_ns for rep in measured if not rep.cold]
    chosen = warm or [rep.makespan_ns for rep in measured]
    return stats.median([value for value in chosen if value is not None]) if chosen else None


def _step_times(folder: Path, run: Run) -> dict[str, float]:
    """Each step's own time: the median over the reference's warm repetitions, in nanoseconds."""
    reference = run.plan.cell(run.plan.reference)
    repetitions = [
        (each.id, rep)
        for each in run.trials
        for rep in _repetitions(each, reference)
        if rep.outcome is Outcome.OK
    ]
    warm = [(trial, rep) for trial, rep in repetitions if not rep.cold] or repetitions
    times: dict[str, list[float]] = {}
    for trial, rep in warm:
        for event in read_events(folder / store.TRIALS / trial / rep.run_id / wire.EVENTS):
            assert event.end_ns is not None  # verified
            times.setdefault(event.step, []).append(event.end_ns - event.start_ns)
    return {step: stats.median(values) for step, values in times.items()}


def _repetitions(trial: Trial, cell: Cell) -> list[Repetition]:
    return [rep for rep in trial.repetitions if rep.cell == cell.id]


def _median_s(items: list[Any], ns: Callable[[Any], int | None]) -> float | None:
    """Median in seconds over what was measured in good repetitions and trials."""
    values = [ns(item) for item in items if item.outcome is Outcome.OK]
    measured = [value for value in values if value is not None]
    return stats.median(measured) / 1e9 if measured else None


def _version(trials: list[Trial]) -> str:
    for trial in trials:
        named = {k: v for k, v in trial.versions.items() if k not in LIBRARIES}
        own = [version for name, version in named.items() if name != "python"]
        if named:
            return own[0] if own else named["python"]
    return "?"


def _troubles(folder: Path, run: Run) -> list[Trouble]:
    """One line for each trial in which something was not ok, the worst of it first."""
    found = []
    for trial in run.trials:
        outcome, evidence = trial.worst
        if outcome is Outcome.OK:
            continue
        log = folder / store.TRIALS / trial.id / "output.log"
        found.append(
            Trouble(
                label=f"{trial.framework}/{trial.mode} {outcome.value}, trial {trial.number}:",
                outcome=outcome,
                what="; ".join(evidence),
                log=_relative(log) if log.exists() else "none",
                retry=_retry(run, trial, outcome),
            )
        )
    return found


def _retry(run: Run, trial: Trial, outcome: Outcome) -> str:
    if outcome is Outcome.SKIPPED or trial.id == run.plan.order[0].id:
        return ""  # the reference failed: the workload is to blame, as the evidence says
    return f"harness check {trial.framework}"


def _relative(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
