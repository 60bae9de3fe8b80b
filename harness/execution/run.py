"""A whole run: prepare, plan, do trial after trial, keep what each gave, end in good order."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import msgspec

from harness import host, provenance
from harness.errors import HarnessError
from harness.execution import trial
from harness.execution.job import Job, Task, make_job
from harness.execution.not_run import not_tried, unrun, without_process
from harness.execution.oracle import keep_oracles, read_oracle
from harness.execution.recover import recovered
from harness.frameworks import virtualenvs
from harness.frameworks.catalog import Framework
from harness.home import Home
from harness.model import (
    LIBRARIES,
    Environment,
    Outcome,
    Plan,
    PlannedTrial,
    Repetition,
    Run,
    Status,
    Trial,
)
from harness.planning.workload import WorkloadSource, common
from harness.results import store
from harness.results.new_run import new_run
from harness.worker import budget
from workloads.dag import Workload


class RunProgress(Protocol):
    """Who is told how a run goes on."""

    def trial(self, done: int, planned: PlannedTrial) -> None:
        """A trial begins; ``done`` have ended before it."""

    def phase(self, phase: str, run_id: str) -> None:
        """The trial is in this phase."""

    def ended(self, result: Trial) -> None:
        """A trial has ended."""


class RunContext(msgspec.Struct, frozen=True):
    """Everything that the trials of a run need beside its plan."""

    home: Home
    folder: Path
    sources: Mapping[str, WorkloadSource]  #: by the name of the workload
    workloads: Mapping[str, Workload]  #: by key
    frameworks: Mapping[str, Framework]
    environments: Mapping[str, Environment | HarnessError]
    extra: Path | None = None  #: further requirements of the user's workload
    keep: bool = False
    service_urls: Mapping[str, str] = {}  #: of services to use instead of our own, by name


class Session(msgspec.Struct):
    """A run under way: its context, and ``run`` as it grows."""

    context: RunContext
    run: Run


def begin(context: RunContext, plan: Plan, artifacts: str = "") -> Session:
    """Write the plan and the state of the machine into the run's folder, before the first trial.

    ``artifacts`` is the URL below which they are stored; empty for the run's folder.
    """
    folder, sources = context.folder, context.sources.values()
    run = new_run(
        folder.name,
        plan,
        context.environments,
        code=provenance.code_digest((each.builder, each.root) for each in sources),
        settings=_settings(plan, context.frameworks),
        artifacts=artifacts,
        user_services=user_services_of(plan, context.frameworks, context.service_urls),
    )
    store.save_workloads(folder, context.workloads)
    (folder / store.TRIALS).mkdir()
    store.save(folder, run)
    store.point_latest(folder)
    return Session(context, run)


def user_services_of(
    plan: Plan, frameworks: Mapping[str, Framework], service_urls: Mapping[str, str]
) -> list[str]:
    """Names of what the modes of a plan are given, by an option or by a variable."""
    modes = {(each.framework, each.mode) for each in plan.order}
    found = (frameworks[name].entry.modes.get(mode) for name, mode in modes)
    return sorted(
        {*service_urls, *(n for mode in found if mode for n in mode.given_urls(service_urls))}
    )


def _settings(plan: Plan, frameworks: Mapping[str, Framework]) -> dict[str, dict[str, str]]:
    found = {}
    for planned in plan.order:
        mode = frameworks[planned.framework].entry.modes.get(planned.mode)
        if mode is not None:
            name = f"{planned.framework}/{planned.mode}"
            found[name] = mode.variables
    return found


def proceed(session: Session, progress: RunProgress) -> Run:
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


def _one(session: Session, planned: PlannedTrial, progress: RunProgress) -> Trial:
    plan = session.run.plan
    framework = session.context.frameworks[planned.framework]
    environment = session.context.environments.get(planned.framework)
    if planned.mode not in framework.entry.modes:
        known = ", ".join(framework.entry.modes)
        return unrun(plan, planned, Outcome.UNSUPPORTED, f"no mode {planned.mode}; has {known}")
    if framework.refusal:
        return unrun(plan, planned, Outcome.UNSUPPORTED, framework.refusal)
    if missing := framework.mode(planned.mode).missing_service(session.context.service_urls):
        return unrun(plan, planned, Outcome.UNSUPPORTED, missing)
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
    result = recovered(job) or trial.run(job, progress.phase)
    if planned.number == 1:
        keep_oracles(session.context.folder, job, result)
    return msgspec.structs.replace(result, repetitions=[*result.repetitions, *skipped])


def job_of(session: Session, planned: PlannedTrial) -> Job:
    """Return a planned trial with everything that it needs to run."""
    context, plan, root = session.context, session.run.plan, session.run.artifacts
    framework = context.frameworks[planned.framework]
    cells = [plan.cell(cell) for cell in planned.cells]
    sources = [context.sources[plan.workloads[cell.workload].name] for cell in cells]
    venv = virtualenvs.plan(context.home, framework, context.extra).folder
    tasks = [
        Task(
            cell=cell.id,
            key=cell.workload,
            workload=context.workloads[cell.workload],
            file=store.workload_file(context.folder, cell.workload),
            workers=cell.workers,
            oracle=read_oracle(context.folder, cell.workload),
            # The first execution in a process is cold, and comes before those that count.
            repetitions=cell.repetitions + (position == 0),
            after=cell.after,
            scale=cell.scale,
            budget_s=cell.budget_s,
            recorded=cell.recorded,
        )
        for position, cell in enumerate(cells)
    ]
    return make_job(
        context.home,
        framework,
        venv,
        planned,
        tasks,
        context.folder / store.TRIALS / planned.id,
        timeouts=plan.timeouts,
        source=common(sources),
        idle_s=plan.idle_s,
        keep=context.keep,
        service_urls=context.service_urls,
        artifacts=root and f"{root}/{session.run.id}/{planned.id}",
        others=_others(context, plan, venv, cells[0].workload),
    )


def _others(context: RunContext, plan: Plan, venv: Path, workload: str) -> str:
    """Which libraries are other versions than plain Python's, by whose outputs all are judged."""
    reference = context.frameworks[plan.reference(workload).framework]
    known = virtualenvs.libraries(
        virtualenvs.plan(context.home, reference, context.extra).folder, LIBRARIES
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
    if not is_reference and read_oracle(session.context.folder, cell.workload) is None:
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


def _keep(session: Session, result: Trial | None, status: Status) -> None:
    run = session.run
    trials, spins = run.trials, run.spins
    if result is not None:
        trials, spins = [*trials, result], [*spins, host.measure_noise()]
    session.run = msgspec.structs.replace(run, trials=trials, spins=spins, status=status)
    store.save(session.context.folder, session.run)
