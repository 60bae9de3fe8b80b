"""A whole run: prepare, plan, do trial after trial, keep what each gave, end in good order."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Protocol

import msgspec

import harness
from harness import collect, envs, host, store, trial, wire
from harness.catalog import Framework
from harness.errors import HarnessError
from harness.home import Home
from harness.job import Job, Task
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
from harness.workload import Source, python_path
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
    source: Source
    workload: Workload
    frameworks: Mapping[str, Framework]
    environments: Mapping[str, Environment | HarnessError]
    run: Run
    extra: Path | None = None  #: further requirements of the user's workload
    keep: bool = False


def begin(
    home: Home,
    plan: Plan,
    workload: Workload,
    environments: Mapping[str, Environment | HarnessError],
) -> tuple[Path, Run]:
    """Make the run's folder and write down what is going to happen, before it does."""
    now = datetime.now(timezone.utc)
    folder = store.new_run_folder(home, now.strftime("%Y%m%d-%H%M%S"))
    run = Run(
        schema=SCHEMA,
        id=folder.name,
        status="running",
        created=now.isoformat(timespec="seconds"),
        harness=harness.__version__,
        commit=host.commit(),
        host=host.describe(),
        plan=plan,
        environments={
            name: facts for name, facts in environments.items() if isinstance(facts, Environment)
        },
        trials=[],
    )
    wire.write(folder / store.WORKLOAD, workload.to_json())
    (folder / store.TRIALS).mkdir()
    store.save(folder, run)
    store.point_latest(folder)
    return folder, run


def proceed(session: Session, progress: Progress) -> Run:
    """Do every trial of the plan that has not ended yet; each is on disk once it has.

    On an interrupt the run is marked so, and :func:`proceed` can go on with it later.
    """
    ended = {each.id: each for each in session.run.trials}
    try:
        for planned in session.run.plan.order:
            if planned.id in ended:
                continue
            progress.trial(len(ended), planned)
            result = _one(session, planned, progress)
            ended[planned.id] = result
            _keep(session, result, "running")
            progress.ended(result)
    except BaseException:
        _keep(session, None, "interrupted")
        raise
    _keep(session, None, "complete")
    return session.run


def _one(session: Session, planned: PlannedTrial, progress: Progress) -> Trial:
    framework = session.frameworks[planned.framework]
    environment = session.environments.get(planned.framework)
    if planned.mode not in framework.entry.modes:
        known = ", ".join(framework.entry.modes)
        return _unrun(session, planned, Outcome.UNSUPPORTED, f"no mode {planned.mode}; has {known}")
    if isinstance(environment, HarnessError):
        return _unrun(session, planned, Outcome.FAILED, f"failed in setup: {environment}")
    is_reference = planned.cells == [session.run.plan.reference] and planned.number == 1
    oracle = None if is_reference else _oracle(session)
    if oracle is None and not is_reference:
        return _unrun(
            session, planned, Outcome.SKIPPED, "the plain reference has no valid output to compare"
        )
    job = job_of(session, planned, oracle)
    result = _recovered(job) or trial.run(job, progress.phase)
    if is_reference and all(each.outcome is Outcome.OK for each in result.repetitions):
        _become_oracle(session, job)
    return result


def job_of(session: Session, planned: PlannedTrial, oracle: Mapping[str, Any] | None) -> Job:
    """A planned trial with everything that it needs to run."""
    plan = session.run.plan
    framework = session.frameworks[planned.framework]
    return Job(
        planned=planned,
        framework=framework,
        tasks=[
            Task(
                cell=cell,
                workload=session.workload,
                file=session.folder / store.WORKLOAD,
                workers=plan.cell(cell).workers,
                oracle=oracle,
            )
            for cell in planned.cells
        ],
        repetitions=plan.repetitions,
        timeouts=plan.timeouts,
        folder=session.folder / store.TRIALS / planned.id,
        venv=envs.plan(session.home, framework, session.extra).folder,
        pythonpath=python_path(session.home, framework.folder, session.source),
        keep=session.keep,
    )


def _recovered(job: Job) -> Trial | None:
    """A trial whose repetitions had all ended well when the harness was cut off, else None."""
    if not (job.folder / wire.REQUEST).exists():
        return None
    result = collect.collect(job, None)
    if any(each.outcome is not Outcome.OK for each in result.repetitions):
        return None
    note = "the harness was cut off before the trial's end; its repetitions were complete"
    recovered = msgspec.structs.replace(result, outcome=Outcome.OK, evidence=[note])
    collect.tidy(job, recovered)
    return recovered


def _become_oracle(session: Session, job: Job) -> None:
    oracle = collect.outputs_of(job, job.runs()[0][0])
    store.write_bytes(session.folder / store.ORACLE, json.dumps(oracle).encode())


def _oracle(session: Session) -> Mapping[str, Any] | None:
    path = session.folder / store.ORACLE
    if not path.exists():
        return None
    return json.loads(path.read_bytes())  # type: ignore[no-any-return]


def _unrun(session: Session, planned: PlannedTrial, outcome: Outcome, reason: str) -> Trial:
    repetitions = [
        Repetition(cell, f"r{number}", number, number == 1, outcome, [reason], {})
        for cell in planned.cells
        for number in range(1, session.run.plan.repetitions + 1)
    ]
    return Trial(
        id=planned.id,
        number=planned.number,
        framework=planned.framework,
        mode=planned.mode,
        outcome=outcome,
        evidence=[reason],
        phases={},
        versions={},
        cpu_s=None,
        repetitions=repetitions,
    )


def _keep(session: Session, result: Trial | None, status: str) -> None:
    trials = session.run.trials if result is None else [*session.run.trials, result]
    session.run = msgspec.structs.replace(session.run, trials=trials, status=status)
    store.save(session.folder, session.run)
