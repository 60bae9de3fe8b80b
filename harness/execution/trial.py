"""One trial: a fresh worker process, watched phase by phase until nothing of it is left."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable

from harness import wire
from harness.execution import artifacts
from harness.execution.collect import collect
from harness.execution.job import LIBRARIES, Job
from harness.model import Trial
from harness.processes.child import Child, KeeperError, clean_environment
from harness.services import VARIABLES, give_back

_PATIENCE_S = 20.0  # for an engine that records nothing more of what it ran
_TICK_S = 0.2  # how often the phases are looked at; the end of a trial is noticed at once

#: Called with the phase and the repetition that a trial is in, at every tick.
OnPhase = Callable[[str, str], None]


def run(job: Job, on_phase: OnPhase) -> Trial:
    """Run a trial and collect what came of it. Whatever happens, no process of it is left."""
    _prepare(job)
    command = [str(job.venv / "bin" / "python"), "-m", "harness.worker", str(job.folder)]
    settings = {
        name: value.replace("{folder}", str(job.folder / wire.SCRATCH))
        for name, value in job.mode.variables.items()
    }
    given = job.mode.services_given(job.given)
    settings.update({VARIABLES[name]: url for name, url in given.items()})
    settings.update(artifacts.credentials() if job.artifacts else {})
    env = clean_environment(job.venv, job.folder, job.pythonpath, settings)
    started_ns, cpu_s = time.monotonic_ns(), time.process_time()
    ending, end = None, ""
    try:
        with Child(command, job.folder, env) as child:
            expired = _watch(child, job, on_phase, started_ns)
            try:
                ending = child.ending()
            except KeeperError as error:
                end = str(error)
    finally:
        give_back(job.folder / wire.SERVICES, given)
    return collect(job, ending, expired, end, time.process_time() - cpu_s)


def _prepare(job: Job) -> None:
    if job.folder.exists():  # of an attempt that was cut off
        give_back(job.folder / wire.SERVICES, job.given)
        shutil.rmtree(job.folder)
    (job.folder / wire.SCRATCH).mkdir(parents=True)
    (job.folder / wire.SERVICES).mkdir()
    request = wire.TrialRequest(
        adapter=job.framework.module(job.planned.mode),
        mode=job.planned.mode,
        distributions=[job.framework.entry.package, *LIBRARIES],
        settle_s=min(_PATIENCE_S, job.timeouts.settle / 2),
        idle_s=job.idle_s,
        database=job.mode.database,
        needs=[*job.mode.needs, *(["endpoint"] if job.mode.endpoint else [])],
        remote=job.mode.remote,
        artifacts=job.artifacts,
        repetitions=_requests(job),
    )
    wire.write(job.folder / wire.REQUEST, request)


def _requests(job: Job) -> list[wire.RepetitionRequest]:
    last = {task.cell: task.run_ids[-1] for task in job.tasks}
    return [
        wire.RepetitionRequest(
            run_id=run_id,
            workload=str(task.file),
            workers=task.workers,
            record=task.recorded,
            after=last.get(task.after or "", ""),
            scale=task.scale,
            budget_s=task.budget_s,
        )
        for run_id, task, _ in job.runs()
    ]


def _watch(child: Child, job: Job, on_phase: OnPhase, started_ns: int) -> tuple[str, float] | None:
    """Wait for the end; the phase whose time was up, if one was, and its limit in seconds."""
    size = -1
    current, run_id, since_ns = "spawn", "", started_ns
    while not child.wait(_TICK_S):
        journal = job.folder / wire.PHASES
        now_ns = time.monotonic_ns()
        try:
            if journal.stat().st_size != size:
                size = journal.stat().st_size
                for phase in wire.read_phases(journal)[-1:]:
                    current, run_id = phase.name, phase.run_id
                    # Whatever is written there, no phase began after now.
                    since_ns = min(phase.end_ns or phase.start_ns, now_ns)
        except (wire.WireError, OSError):
            pass  # collect() will say so; here the clock goes on
        on_phase(current, run_id)
        limit_s = job.limit_s(current, run_id)
        if time.monotonic_ns() - since_ns > limit_s * 1e9:
            child.kill(dump=True)
            return current, limit_s
    return None
