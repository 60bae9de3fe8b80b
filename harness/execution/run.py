"""A whole run: prepare, plan, do trial after trial, keep what each gave, end in good order."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

import msgspec

import harness
from harness import files, host, noise, provenance, wire
from harness.errors import EnvError, HarnessError
from harness.execution import collect, trial
from harness.execution.job import LIBRARIES, Job, Task
from harness.execution.not_run import not_tried, unrun, without_process
from harness.frameworks import virtualenvs
from harness.frameworks.catalog import Framework
from harness.home import Home
from harness.model import (
    SCHEMA,
    Environment,
    Outcome,
    Plan,
    PlannedTrial,
    Repetition,
    Run,
    Trial,
)
from harness.planning.workload import Source, common, python_path
from harness.results import store
from harness.services import give_back, notes
from harness.worker import budget
from workloads.dag import Workload


class Progress(Protocol):
    """Who is told how a run goes on."""

    def trial(self, done: int, planned: PlannedTrial) -> None:
        """A trial begins; ``done`` have ended before it."""

    def phase(self, phase: str, run_id: str) -> None:
        """The trial is in this phase."""

    def ended(self, result: Trial) -> None:
        """A trial has ended."""


class Session(msgspec.Struct):
    """A run under way: what it needs to know, and ``run`` as it grows."""

    home: Home
    folder: Path
    sources: Mapping[str, Source]  #: by the name of the workload
    workloads: Mapping[str, Workload]  #: by key
    frameworks: Mapping[str, Framework]
    environments: Mapping[str, Environment | HarnessError]
    run: Run
    extra: Path | None = None  #: further requirements of the user's workload
    keep: bool = False
    given: Mapping[str, str] = {}  #: URLs of services to use instead of our own, by name


def begin(
    folder: Path,
    plan: Plan,
    workloads: Mapping[str, Workload],
    frameworks: Mapping[str, Framework],
    sources: Mapping[str, Source],
    environments: Mapping[str, Environment | HarnessError],
    artifacts: str = "",
    given: Mapping[str, str] = MappingProxyType({}),
) -> Run:
    """Write down what is going to happen in the run's folder, before it does."""
    run = Run(
        schema=SCHEMA,
        id=folder.name,
        status="running",
        created=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        harness=harness.__version__,
        commit=host.commit(),
        code=provenance.digest(sources.values()),
        host=host.describe(),
        plan=plan,
        environments={
            name: facts for name, facts in environments.items() if isinstance(facts, Environment)
        },
        settings=_settings(plan, frameworks),
        trials=[],
        spins=[noise.spin()],
        artifacts=artifacts,
        given=given_to(plan, frameworks, given),
    )
    store.save_workloads(folder, workloads)
    (folder / store.TRIALS).mkdir()
    store.save(folder, run)
    store.point_latest(folder)
    return run


def given_to(
    plan: Plan, frameworks: Mapping[str, Framework], given: Mapping[str, str]
) -> list[str]:
    """Names of what the modes of a plan are given, by an option or by a variable."""
    modes = {(each.framework, each.mode) for each in plan.order}
    found = (frameworks[name].entry.modes.get(mode) for name, mode in modes)
    return sorted({*given, *(n for mode in found if mode for n in mode.services_given(given))})


def _settings(plan: Plan, frameworks: Mapping[str, Framework]) -> dict[str, dict[str, str]]:
    found = {}
    for planned in plan.order:
        mode = frameworks[planned.framework].entry.modes.get(planned.mode)
        if mode is not None:
            name = f"{planned.framework}/{planned.mode}"
            found[name] = mode.variables
    return found


def proceed(session: Session, progress: Progress) -> Run:
    """Do every trial of the plan that has not ended yet; each is on disk once it has.

    A process that ends too early costs the run no more than the cell that it was at: a further one
    goes on with the rest. On an interrupt the run is marked so, and :func:`proceed` can go on with
    it later.
    """
    ended = {each.id: each for each in session.run.trials}
    try:
        for done, planned in enumerate(session.run.plan.order):
            part: PlannedTrial | None = planned
            while part is not None:
                if part.id not in ended:
                    progress.trial(done, part)
                    result = _one(session, part, progress)
                    ended[part.id] = result
                    _keep(session, result, "running")
                    progress.ended(result)
                part = following(part, ended[part.id])
    except BaseException:
        interrupt(session)
        raise
    _keep(session, None, "complete")
    return session.run


def interrupt(session: Session) -> None:
    """Write down that the run was cut off; what has ended stays, and :func:`proceed` goes on."""
    _keep(session, None, "interrupted")


def following(planned: PlannedTrial, result: Trial) -> PlannedTrial | None:
    """The trial that goes on with the cells that an earlier one did not get to."""
    reached = {each.cell for each in result.repetitions}
    rest = [cell for cell in planned.cells if cell not in reached]
    if not rest:
        return None
    name, _, part = planned.id.partition("+")
    return msgspec.structs.replace(planned, id=f"{name}+{int(part or 1) + 1}", cells=rest)


def _one(session: Session, planned: PlannedTrial, progress: Progress) -> Trial:
    plan = session.run.plan
    framework = session.frameworks[planned.framework]
    environment = session.environments.get(planned.framework)
    if planned.mode not in framework.entry.modes:
        known = ", ".join(framework.entry.modes)
        return unrun(plan, planned, Outcome.UNSUPPORTED, f"no mode {planned.mode}; has {known}")
    if framework.refusal:
        return unrun(plan, planned, Outcome.UNSUPPORTED, framework.refusal)
    if lacking := framework.mode(planned.mode).lacks(session.given):
        return unrun(plan, planned, Outcome.UNSUPPORTED, lacking)
    if isinstance(environment, HarnessError):
        return unrun(plan, planned, Outcome.FAILED, f"failed in setup: {environment}")
    hopeless = {
        cell: reason
        for cell in planned.cells
        if (reason := _reason_to_skip(session, planned, cell)) is not None
    }
    skipped = [rep for cell, why in hopeless.items() for rep in not_tried(plan, cell, why)]
    tried = [cell for cell in planned.cells if cell not in hopeless]
    if not tried:
        return without_process(planned, Outcome.SKIPPED, next(iter(hopeless.values())), skipped)
    # Left out before the job is made: whichever cell is then the first has the cold execution.
    job = job_of(session, msgspec.structs.replace(planned, cells=tried))
    result = _recovered(job) or trial.run(job, progress.phase)
    if planned.number == 1:
        _become_oracles(session, job, result)
    return msgspec.structs.replace(result, repetitions=[*result.repetitions, *skipped])


def job_of(session: Session, planned: PlannedTrial) -> Job:
    """A planned trial with everything that it needs to run."""
    plan, root = session.run.plan, session.run.artifacts
    framework = session.frameworks[planned.framework]
    cells = [plan.cell(cell) for cell in planned.cells]
    sources = [session.sources[plan.workloads[cell.workload].name] for cell in cells]
    venv = virtualenvs.plan(session.home, framework, session.extra).folder
    return Job(
        planned=planned,
        framework=framework,
        tasks=[
            Task(
                cell=cell.id,
                key=cell.workload,
                workload=session.workloads[cell.workload],
                file=store.workload_file(session.folder, cell.workload),
                workers=cell.workers,
                oracle=_oracle(session, cell.workload),
                # The first execution in a process is cold, and comes before those that count.
                repetitions=cell.repetitions + (position == 0),
                after=cell.after,
                scale=cell.scale,
                budget_s=cell.budget_s,
                recorded=cell.recorded,
            )
            for position, cell in enumerate(cells)
        ],
        timeouts=plan.timeouts,
        idle_s=plan.idle_s,
        folder=session.folder / store.TRIALS / planned.id,
        venv=venv,
        pythonpath=python_path(session.home, framework.folder, common(sources)),
        keep=session.keep,
        given=session.given,
        artifacts=root and f"{root}/{session.run.id}/{planned.id}",
        others=_others(session, venv, cells[0].workload),
    )


def _others(session: Session, venv: Path, workload: str) -> str:
    """Which libraries are other versions than plain Python's, by whose outputs all are judged."""
    reference = session.frameworks[session.run.plan.reference(workload).framework]
    known = virtualenvs.libraries(
        virtualenvs.plan(session.home, reference, session.extra).folder, LIBRARIES
    )
    mine = virtualenvs.libraries(venv, LIBRARIES)
    return ", ".join(
        f"{name} {mine[name]} instead of {version}"
        for name, version in known.items()
        if mine.get(name, version) != version
    )


def _reason_to_skip(session: Session, planned: PlannedTrial, cell_id: str) -> str | None:
    """Why a cell need not be tried: it has no oracle, or is known to take too long.

    What was left out once has no figures whatever comes later, so it is left out for good.
    """
    plan = session.run.plan
    cell = plan.cell(cell_id)
    reference = plan.reference(cell.workload)
    is_reference = cell_id == reference.id and planned.number == 1
    if not is_reference and _oracle(session, cell.workload) is None:
        return f"plain Python itself has no valid output of {cell.workload} to compare with"
    smaller: Repetition | None = None  # of this round, in a process that ended before this one
    for earlier in session.run.trials:
        for repetition in earlier.repetitions:
            given_up = repetition.outcome in (Outcome.TIMEOUT, Outcome.SKIPPED)
            if repetition.cell == cell_id and given_up:
                return f"not tried again after trial {earlier.number}: {repetition.evidence[0]}"
            if repetition.cell == cell.after and earlier.number == planned.number:
                if repetition.outcome is not Outcome.OK:
                    return f"not tried, because {repetition.run_id} did not end well"
                smaller = repetition
    if smaller is None:
        return None
    took_s = smaller.phases.get("execute", 0) / 1e9
    return budget.too_long(smaller.run_id, took_s, cell.scale, cell.budget_s)


def _recovered(job: Job) -> Trial | None:
    """What was complete of a trial in which the harness was cut off; None if nothing was."""
    if not (job.folder / wire.REQUEST).exists():
        return None
    services = job.folder / wire.SERVICES
    give_back(services, job.mode.services_given(job.given))
    noted = notes.read(services)
    for service, place in noted.lent.items():
        # Doing the trial again would remove the only note of it.
        raise EnvError(
            f"trial {job.planned.id}: {(noted.died or [f'{service} still holds {place}'])[-1]}; "
            f"go on once it answers, or remove {place} there and then {services}"
        )
    result = collect.collect(job, None)
    # What had ended is kept however it did: done again it might end well, and nobody would know.
    lost = {each.cell for each in result.repetitions if each.evidence == [collect.CUT_OFF]}
    kept = [each for each in result.repetitions if each.cell not in lost]
    if not kept:
        return None
    note = "the harness was cut off before the trial's end; what was complete is kept"
    recovered = msgspec.structs.replace(
        result, outcome=Outcome.OK, evidence=[note], repetitions=kept
    )
    return collect.tidy(job, recovered)


def _become_oracles(session: Session, job: Job, result: Trial) -> None:
    """What plain Python returned in the first round is what all others have to return."""
    for task in job.tasks:
        if task.oracle is not None or not task.recorded:
            continue
        mine = [each for each in result.repetitions if each.cell == task.cell]
        if mine and all(each.outcome is Outcome.OK for each in mine):
            outputs = collect.outputs_of(job, task.run_ids[0])
            file = store.oracle_file(session.folder, task.key)
            files.write_bytes(file, json.dumps(outputs).encode())


def _oracle(session: Session, key: str) -> Mapping[str, Any] | None:
    path = store.oracle_file(session.folder, key)
    if not path.exists():
        return None
    return json.loads(path.read_bytes())  # type: ignore[no-any-return]


def _keep(session: Session, result: Trial | None, status: str) -> None:
    run = session.run
    trials, spins = run.trials, run.spins
    if result is not None:
        trials, spins = [*trials, result], [*spins, noise.spin()]
    session.run = msgspec.structs.replace(run, trials=trials, spins=spins, status=status)
    store.save(session.folder, session.run)
