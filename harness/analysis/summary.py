"""The one reading of a run that every renderer shows: figures, findings, and what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from harness import stats
from harness.analysis import cells as figures
from harness.analysis import collector, findings
from harness.analysis.caveats import of_one
from harness.analysis.cells import CellFigures
from harness.analysis.controls import Ruler, straightness
from harness.analysis.finding import Finding, Granularity, Growing, Latency, Payload, Scaling
from harness.analysis.run_data import Data
from harness.home import Home
from harness.model import Experiment, Host, Outcome, Plan, Repetition, Resources, Run, Trial
from harness.results import cache, store
from harness.stats import Estimate

Number = TypeVar("Number", bound=float | None)


class ExperimentView(msgspec.Struct, frozen=True):
    """One experiment: its cells' figures, and what follows of them."""

    name: str
    estimates: str
    about: str
    ruler: bool
    points: dict[str, str]  #: by workload: those of its parameters that vary
    rows: list[CellFigures]
    findings: list[Granularity | Growing | Payload | Latency | Scaling]


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """What it takes to start a framework in one mode, and to keep it; seconds and bytes."""

    framework: str
    version: str
    mode: str
    workers: int
    import_s: Estimate | None
    service_s: Estimate | None
    services_s: dict[str, Estimate]  #: until each service of it was ready
    stop_s: Estimate | None
    idle_pss_bytes: Estimate | None
    idle_cpu_share: Estimate | None  #: of one core
    peak_pss_bytes: Estimate | None
    written_bytes: Estimate | None
    processes: int | None
    threads: int | None
    source: str  #: what counted the CPU
    memory: str  #: what the figures of memory are: pss, uss or rss


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


class View(msgspec.Struct, frozen=True):
    """A run as reports show it."""

    run: str
    status: str
    created: str
    folder: str
    host: Host
    plan: Plan
    pythons: dict[str, str]  #: minor version of each framework's interpreter
    warnings: list[str]  #: what a reader has to know before any figure
    ruler: Ruler
    experiments: list[ExperimentView]
    starts: list[Start]
    troubles: list[Trouble]

    @property
    def timed(self) -> bool:
        """Whether it measured times: probes do not, nor does who asks where a workload runs."""
        return any(each.estimates != "portability" for each in self.experiments if not each.ruler)

    @property
    def ok(self) -> bool:
        """Whether nothing went wrong. What a budget left out or ended did not, nor what was asked
        whether it is possible at all.
        """
        asked = _asked_whether_possible(self.plan)
        limited = {cell.id for cell in self.plan.cells if cell.budget_s is not None}
        rows = [row for each in self.experiments for row in each.rows]
        return not self.troubles and all(
            row.outcome in (Outcome.OK, Outcome.SKIPPED)
            or (row.outcome is Outcome.TIMEOUT and row.cell in limited)
            or (row.outcome is Outcome.UNSUPPORTED and row.cell in asked)
            for row in rows
        )


def _asked_whether_possible(plan: Plan) -> set[str]:
    """The cells of which it is no fault to be refused."""
    return {
        cell for each in plan.experiments if each.estimates == "portability" for cell in each.cells
    }


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def known(home: Home, folder: Path, run: Run) -> View:
    """The same as ``of_run``, worked out once: a large run takes seconds."""
    here = str(Path.cwd()).encode()  # from where logs are told
    return cache.of_run(home, folder, "view", [here], View, lambda: of_run(folder, run))


@collector.paused()
def of_run(folder: Path, run: Run) -> View:
    """Read the raw events that a run kept and work out its figures."""
    data = Data(folder, run)
    known = {cell.id: figures.figures(data, cell) for cell in run.plan.cells}
    rows = {each.name: [known[cell] for cell in each.cells] for each in run.plan.experiments}
    found = {
        each.name: findings.findings(data, each, rows[each.name]) for each in run.plan.experiments
    }
    ruler = straightness(data, rows, found)
    return View(
        run=run.id,
        status=run.status,
        created=run.created,
        folder=str(folder),
        host=run.host,
        plan=run.plan,
        pythons={name: _minor(each.python) for name, each in run.environments.items()},
        warnings=of_one(run, ruler),
        ruler=ruler,
        experiments=[_experiment(run.plan, each, rows, found) for each in run.plan.experiments],
        starts=_starts(data),
        troubles=_troubles(folder, run),
    )


def _experiment(
    plan: Plan,
    experiment: Experiment,
    rows: dict[str, list[CellFigures]],
    found: dict[str, list[Finding]],
) -> ExperimentView:
    return ExperimentView(
        experiment.name,
        experiment.estimates,
        experiment.about,
        experiment.ruler,
        _points(plan, dict.fromkeys(row.workload for row in rows[experiment.name])),
        rows[experiment.name],
        # Each is one of the kinds that are named there, so that JSON readers know what to expect.
        found[experiment.name],  # type: ignore[arg-type]
    )


def _points(plan: Plan, workloads: Iterable[str]) -> dict[str, str]:
    specs = {key: plan.workloads[key] for key in workloads}
    values: dict[str, set[str]] = {}
    for spec in specs.values():
        for name, value in spec.parameters.items():
            values.setdefault(name, set()).add(str(value))
    varied = [name for name, seen in values.items() if len(seen) > 1]
    return {
        key: ", ".join(
            f"{name} {spec.parameters[name]}" for name in varied if spec.parameters[name]
        )
        for key, spec in specs.items()
    }


def _starts(data: Data) -> list[Start]:
    """Of the frameworks that are an answer; the ruler's own are none. Whoever only asked where a
    workload runs started each once, and measured nothing.
    """
    asked = [
        each
        for each in data.run.plan.experiments
        if not each.ruler and each.estimates != "portability"
    ]
    shown = {data.run.plan.cell(cell).framework for each in asked for cell in each.cells}
    groups: dict[tuple[str, str, int], list[Trial]] = {}
    workers = {planned.id: planned.workers for planned in data.run.plan.order}
    for trial in data.run.trials:
        planned, _, _ = trial.id.partition("+")  # of which it may be a further part
        good = trial.outcome is Outcome.OK and planned in workers
        if good and trial.framework in shown:
            key = (trial.framework, trial.mode, workers[planned])
            groups.setdefault(key, []).append(trial)
    idle_s = data.run.plan.idle_s
    return [
        Start(
            framework=framework,
            version=data.version(framework),
            mode=mode,
            workers=count,
            import_s=_of(trials, lambda t: _seconds(t, "import")),
            service_s=_of(trials, lambda t: _seconds(t, "service")),
            services_s=_readiness(trials),
            stop_s=_of(trials, lambda t: _seconds(t, "stop")),
            idle_pss_bytes=_of(trials, _resource(lambda r: r.idle_pss_bytes)),
            idle_cpu_share=_of(trials, _resource(lambda r: r.idle_cpu_s and r.idle_cpu_s / idle_s)),
            peak_pss_bytes=_of(trials, _resource(lambda r: r.peak_pss_bytes)),
            written_bytes=_of(trials, _resource(lambda r: r.written_bytes)),
            processes=_most(trials, _resource(lambda r: r.peak_processes)),
            threads=_most(trials, _resource(lambda r: r.peak_threads)),
            source=next((t.resources.source for t in trials if t.resources), "nothing"),
            memory=next((t.resources.memory for t in trials if t.resources), "none"),
        )
        for (framework, mode, count), trials in groups.items()
    ]


def _resource(part: Callable[[Resources], Number]) -> Callable[[Trial], Number | None]:
    return lambda trial: None if trial.resources is None else part(trial.resources)


def _seconds(trial: Trial, phase: str) -> float | None:
    return trial.phases[phase] / 1e9 if phase in trial.phases else None


def _readiness(trials: Sequence[Trial]) -> dict[str, Estimate]:
    """Seconds for each command of a set-up, and until each service was ready."""
    values: dict[str, list[list[float]]] = {}
    for trial in trials:
        for name, seconds in {**trial.prepared, **trial.services}.items():
            values.setdefault(name, []).append([seconds])
    return {name: stats.estimate(each, positive=False) for name, each in values.items()}


def _of(trials: Sequence[Trial], part: Callable[[Trial], float | None]) -> Estimate | None:
    values = [[value] for trial in trials if (value := part(trial)) is not None]
    return stats.estimate(values, positive=False) if values else None


def _most(trials: Sequence[Trial], part: Callable[[Trial], int | None]) -> int | None:
    return max((value for trial in trials if (value := part(trial)) is not None), default=None)


def _troubles(folder: Path, run: Run) -> list[Trouble]:
    """What was not ok, the worst of a trial; once, where several trials say the same.

    That a cell took longer than its budget is no trouble but what its experiment found.
    """
    limited = {cell.id for cell in run.plan.cells if cell.budget_s is not None}
    asked = _asked_whether_possible(run.plan)
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
            log=_relative(log) if log.exists() else "none",
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
    if trial.id.partition("+")[0] == run.plan.order[0].id:
        return ""  # the reference failed: the workload is to blame, as the evidence says
    return f"harness check {trial.framework}"


def _relative(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
