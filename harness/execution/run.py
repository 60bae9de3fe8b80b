"""Execution of a planned run, trial after trial; each result is saved at once."""

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
    """Callbacks that report the progress of a run."""

    def trial(self, done: int, planned: PlannedTrial) -> None:
        """Report that a trial begins; ``done`` planned trials are before it."""

    def phase(self, phase: str, run_id: str) -> None:
        """Report the phase and the repetition that the trial is in."""

    def ended(self, result: Trial) -> None:
        """Report that a trial has ended."""


class RunContext(msgspec.Struct, frozen=True):
    """Everything that the trials of a run need besides its plan."""

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
    """Run in progress: its context, and its record ``run``, which grows."""

    context: RunContext
    run: Run


def begin(context: RunContext, plan: Plan, artifacts: str = "") -> Session:
    """Write the plan and the state of the machine into the run's folder, before the first trial.

    ``artifacts`` is the URL below which artifacts are stored; empty for the run's folder.
    """
    folder, sources = context.folder, context.sources.values()
    run = new_run(
        folder.name,
        plan,
        context.environments,
        code=provenance.code_digest((each.builder, each.root) for each in sources),
        settings=_settings(plan, context.frameworks),
        roles={name: each.entry.role for name, each in context.frameworks.items()},
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
    """Return the names of the services that the user gives to the plan's modes, sorted.

    A service is given by an option, or by an environment variable that a mode reads.
    """
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
    """Run every trial of the plan that has not ended yet, and save each when it ends.

    If a process ends too early, only the cell that it was at is lost: another process continues
    with the rest. On an interrupt the run is marked as interrupted, and :func:`proceed` can resume
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
    """Save the run as interrupted; ended trials stay, and :func:`proceed` can resume it."""
    _keep(session, None, "interrupted")


def following(planned: PlannedTrial, result: Trial) -> PlannedTrial | None:
    """Return the trial that continues with the cells that ``result`` did not reach.

    None if it reached all of them.
    """
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
        lacking = f"has no mode {planned.mode}; its modes: {', '.join(framework.entry.modes)}"
        return unrun(plan, planned, Outcome.UNSUPPORTED, lacking)
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
    # Removed before the job is made, because the first cell of a job gets the cold execution.
    job = job_of(session, msgspec.structs.replace(planned, cells=tried))
    result = recovered(job) or trial.run(job, progress.phase)
    if planned.number == 1:
        keep_oracles(session.context.folder, job, result)
    return msgspec.structs.replace(result, repetitions=[*result.repetitions, *skipped])


def job_of(session: Session, planned: PlannedTrial) -> Job:
    """Return the job of a planned trial of the run."""
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
            # The first execution in a process is cold and comes before the warm ones.
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
    """Return the libraries whose versions differ from plain Python's, which makes the oracle."""
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
    """Return why a cell need not be tried: without an oracle, or expected to take too long.

    None if it is to be tried. A cell that was skipped in an earlier round has no figures for a
    comparison, so it is skipped in all later ones.
    """
    plan = session.run.plan
    cell = plan.cell(cell_id)
    reference = plan.reference(cell.workload)
    is_reference = cell_id == reference.id and planned.number == 1
    if not is_reference and read_oracle(session.context.folder, cell.workload) is None:
        return f"plain Python itself has no valid output of {cell.workload} to compare with"
    smaller: Repetition | None = None  # of this round, in an earlier process
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
