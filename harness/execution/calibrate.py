"""Calibration of METG sweeps: the cost of an empty step, measured once for every subject.

Costs of frameworks span five orders of magnitude: step times that suit one framework would show
nothing of another, or take too long.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from harness import wire
from harness.errors import HarnessError
from harness.execution import collect, trial
from harness.execution.job import Job, Task, make_job
from harness.frameworks import virtualenvs
from harness.frameworks.catalog import BASELINE, Framework
from harness.home import Home
from harness.model import Cost, Environment, Outcome, PlannedTrial, Timeouts, Trial
from harness.planning.plan import Subject
from harness.planning.suite import Suite
from harness.planning.workload import WorkloadSource, common
from harness.results import store

#: Called with the id of the subject that is tried.
OnSubject = Callable[[str], None]

#: By a subject's id.
Costs = dict[str, Cost]

_WARM = 2  # executions that count, after a cold one


class Bench(msgspec.Struct, frozen=True):
    """Folder, workloads and environments that calibration uses."""

    home: Home
    folder: Path  #: the run's
    suite: Suite
    catalog: Mapping[str, Framework]
    environments: Mapping[str, Environment | HarnessError]
    sources: Mapping[str, WorkloadSource]  #: by the name of the workload
    extra: Path | None
    service_urls: Mapping[str, str]  #: URLs of services to use instead of our own, by name


def costs(bench: Bench, wanted: Mapping[Subject, Sequence[str]], on_subject: OnSubject) -> Costs:
    """Return the cost of an empty step by the subject's id.

    ``wanted`` holds the keys of the empty workloads of each subject. A subject that fails is left
    out: the run itself will show how it fails.
    """
    found: dict[str, Cost] = {}
    oracles: dict[str, Mapping[str, Any]] = {}
    every = list(dict.fromkeys(key for keys in wanted.values() for key in keys))
    plain = Subject(BASELINE, bench.catalog[BASELINE].default_mode, 1)
    for subject in [plain, *(each for each in wanted if each != plain)] if wanted else []:
        mode = bench.catalog[subject.framework].entry.modes.get(subject.mode)
        if mode is None or mode.missing_service(bench.service_urls):
            continue
        if isinstance(bench.environments[subject.framework], HarnessError):
            continue
        on_subject(subject.id)
        job = _job(bench, subject, every if subject == plain else wanted[subject], oracles)
        result = trial.run(job, lambda phase, run_id: None)
        if subject == plain:
            oracles = {t.key: collect.outputs_of(job, t.run_ids[0]) or {} for t in job.tasks}
        cost = _cost(result, job.tasks)
        if cost is not None:
            found[subject.id] = cost
    return found


def _job(
    bench: Bench, subject: Subject, keys: Sequence[str], oracles: Mapping[str, Mapping[str, Any]]
) -> Job:
    folder = bench.folder / store.CALIBRATION
    folder.mkdir(exist_ok=True)
    tasks = []
    for key in dict.fromkeys(keys):
        file = folder / f"{key}.json"
        wire.write(file, bench.suite.workloads[key].to_json())
        tasks.append(
            Task(
                cell=key,
                key=key,
                workload=bench.suite.workloads[key],
                file=file,
                workers=subject.workers,
                oracle=oracles.get(key),
                repetitions=1 + _WARM,
            )
        )
    framework = bench.catalog[subject.framework]
    cells = [task.cell for task in tasks]
    return make_job(
        bench.home,
        framework,
        virtualenvs.plan(bench.home, framework, bench.extra).folder,
        PlannedTrial(subject.id, 0, subject.framework, subject.mode, subject.workers, cells),
        tasks,
        folder / subject.id,
        timeouts=Timeouts(execute=120.0),
        source=common([bench.sources[bench.suite.specs[task.key].name] for task in tasks]),
        service_urls=bench.service_urls,
    )


def _cost(result: Trial, tasks: list[Task]) -> Cost | None:
    if result.outcome is not Outcome.OK:
        return None
    steps = {task.cell: len(task.workload.steps) / task.workers for task in tasks}
    each = [
        repetition.makespan_ns / 1e9 / steps[repetition.cell]
        for repetition in result.repetitions
        if repetition.makespan_ns is not None and repetition.number > 1
    ]
    start_s = sum(result.phases.values()) / 1e9
    return Cost(step_s=min(each), start_s=start_s) if each else None
