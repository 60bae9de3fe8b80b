"""Start-up costs of each framework: import, services, memory and processes, over its trials."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec

from harness import stats
from harness.analysis.run_data import RunData
from harness.model import Outcome, Resources, Trial
from harness.stats import Estimate

Number = TypeVar("Number", bound=float | None)


class StartupCost(msgspec.Struct, frozen=True, kw_only=True):
    """Cost of starting a framework in one mode and of keeping it running; seconds and bytes."""

    framework: str
    version: str
    mode: str
    workers: int
    role: str = ""  #: of the framework
    approximate: bool = False  #: outputs equal plain Python's only within a tolerance
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
    source: str  #: counter of the CPU time: cgroup v1, cgroup v2 or psutil
    memory: str  #: kind of the memory figures: pss, uss or rss


def startup_costs(data: RunData) -> list[StartupCost]:
    """Return start-up costs per framework, mode and number of workers.

    The controls are left out, and so are portability runs, which measure no times.
    """
    asked = [
        each
        for each in data.run.plan.experiments
        if not each.control and each.estimates != "portability"
    ]
    shown = {data.run.plan.cell(cell).framework for each in asked for cell in each.cells}
    groups: dict[tuple[str, str, int], list[Trial]] = {}
    workers = {planned.id: planned.workers for planned in data.run.plan.order}
    for trial in data.run.trials:
        planned = trial.planned_id
        good = trial.outcome is Outcome.OK and planned in workers
        if good and trial.framework in shown:
            key = (trial.framework, trial.mode, workers[planned])
            groups.setdefault(key, []).append(trial)
    idle_s = data.run.plan.idle_s
    return [
        StartupCost(
            framework=framework,
            version=data.version(framework),
            mode=mode,
            workers=count,
            role=data.role(framework),
            approximate=data.approximate(framework),
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
    """Return the seconds of each set-up command, and until each service was ready."""
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
