"""One trial: a fresh worker process, watched phase by phase until all its processes ended."""

from __future__ import annotations

import time
from collections.abc import Callable

from harness import wire
from harness.execution import artifacts
from harness.execution.collect import collect
from harness.execution.job import Job
from harness.model import LIBRARIES, Trial
from harness.processes import launch
from harness.processes.child import Child
from harness.processes.launch import Launch
from harness.services import drop_leftovers

_PATIENCE_S = 20.0  # to wait for an engine whose own store records nothing more
_TICK_S = 0.2  # between two looks at the phases; the end of a trial is noticed at once

#: Called with the phase and the repetition that a trial is in, at every tick.
OnPhase = Callable[[str, str], None]


def run(job: Job, on_phase: OnPhase) -> Trial:
    """Run a trial in a fresh process, and collect its results when all its processes ended."""
    launched = Launch(
        module="harness.worker",
        folder=job.folder,
        venv=job.venv,
        pythonpath=job.pythonpath,
        variables=job.mode.variables,
        service_urls=job.mode.given_urls(job.service_urls),
        release=drop_leftovers,
        further=artifacts.credentials() if job.artifacts else {},
    )
    launch.clear_folder(launched)
    _write_request(job)
    started_ns, cpu_s = time.monotonic_ns(), time.process_time()
    expired, end = launch.run(launched, lambda child: _watch(child, job, on_phase, started_ns))
    return collect(job, end.ending, expired, end.error, time.process_time() - cpu_s)


def _write_request(job: Job) -> None:
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
    """Wait for the end of a trial, and kill it if a phase lasts longer than its limit.

    Return that phase and its limit in seconds; None if the trial ended by itself.
    """
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
                    # The worker writes the time, so it may be wrong, even in the future.
                    since_ns = min(phase.end_ns or phase.start_ns, now_ns)
        except (wire.WireError, OSError):
            pass  # collect() reports it; the limit still applies
        on_phase(current, run_id)
        limit_s = job.limit_s(current, run_id)
        if time.monotonic_ns() - since_ns > limit_s * 1e9:
            child.kill(dump=True)
            return current, limit_s
    return None
