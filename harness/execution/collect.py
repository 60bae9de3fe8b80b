"""Collection of a trial's results from its folder, verified; damaged files become evidence."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from typing import Any

import msgspec

from harness import wire
from harness.execution import artifacts, judge
from harness.execution.job import Job
from harness.execution.judge import RepetitionRecord
from harness.model import Outcome, Repetition, Resources, Trial
from harness.processes.child import Ending
from harness.processes.sampler import SAMPLES, Sample, read_samples
from harness.results.journal import JournalError, read_events
from harness.services import notes
from harness.text import one_line

CUT_OFF = "cut off with the harness"  #: evidence of a trial or repetition that did not end
_NAMED = 3  # steps in one line


class _Remains(msgspec.Struct, frozen=True):
    """Readable part of the files that a worker wrote."""

    phases: list[wire.Phase]
    response: wire.TrialResponse | None
    damage: str  #: why the response could not be read


def collect(
    job: Job,
    ending: Ending | None,
    expired: tuple[str, float] | None = None,
    supervisor_error: str = "",
    harness_cpu_s: float = 0.0,
) -> Trial:
    """Read and verify the files of a trial's folder, and return the trial.

    ``ending`` is None for a trial of a run that was cut off; ``expired`` is the phase that lasted
    too long, and its limit in seconds; ``supervisor_error`` is the failure of the supervisor, if it
    failed. Cells that the worker did not reach are left out: another process can execute them.
    """
    remains = _read(job)
    if supervisor_error:
        outcome, reason = Outcome.FAILED, supervisor_error
    else:
        outcome, reason = _of_process(remains, ending, expired)
    noted = notes.read(job.folder / wire.SERVICES)
    evidence = [reason] if reason else []
    if outcome is Outcome.TIMEOUT:
        evidence += noted.died  # the worker may have waited for these services
        evidence += _under_way(job, remains.phases, ending)
    samples = read_samples(job.folder / SAMPLES)
    repetitions = _repetitions(job, remains.phases, samples, outcome, evidence)
    if ending is not None and ending.survivors and not ending.killed:
        # The outputs count all the same, but a framework should stop its own processes. A worker
        # that we killed had no chance to.
        evidence.append(f"left running, and was killed: {ending.survivors[0]}")
    trial = Trial(
        id=job.planned.id,
        number=job.planned.number,
        framework=job.planned.framework,
        mode=job.planned.mode,
        outcome=outcome,
        evidence=[one_line(text) for text in evidence],
        phases=_trial_phases(remains.phases, ending),
        versions=remains.response.versions if remains.response else {},
        cpu_s=round(ending.cpu_user_s + ending.cpu_system_s, 3) if ending else None,
        repetitions=repetitions,
        resources=_resources(remains.response, ending, harness_cpu_s) if ending else None,
        services=noted.ready_s,
        prepared=noted.prepared_s,
        commands=[one_line(text) for text in noted.commands],
    )
    return tidy(job, trial)


def _read(job: Job) -> _Remains:
    phases: list[wire.Phase] = []
    try:
        phases = wire.read_phases(job.folder / wire.PHASES)
        return _Remains(phases, wire.read(wire.TrialResponse, job.folder / wire.RESPONSE), "")
    except FileNotFoundError:
        return _Remains(phases, None, "")  # the worker ended before it wrote the file
    except (wire.WireError, OSError) as error:
        return _Remains(phases, None, f"the worker's answer cannot be read: {error}")


def _of_process(
    remains: _Remains, ending: Ending | None, expired: tuple[str, float] | None
) -> tuple[Outcome, str]:
    """Return the outcome of the process itself, and why it is not ok."""
    last = remains.phases[-1].name if remains.phases else "spawn"
    if ending is None:
        return Outcome.SKIPPED, CUT_OFF
    if expired is not None:
        phase, limit_s = expired
        return Outcome.TIMEOUT, f"timeout in {phase} after {limit_s:g} s"
    if remains.damage:
        return Outcome.FAILED, remains.damage
    if remains.response is None:
        return Outcome.FAILED, f"the worker {ending.how} in {last} without an answer"
    if remains.response.error is not None:
        return Outcome.FAILED, f"failed in {remains.response.phase}: {remains.response.error}"
    if ending.returncode != 0:
        return Outcome.FAILED, f"the worker {ending.how} after its answer"
    return Outcome.OK, ""


def _under_way(job: Job, phases: list[wire.Phase], ending: Ending | None) -> list[str]:
    """Return the state of an execution when its time was up, from the records of its steps."""
    last = phases[-1] if phases else None
    tasks = {run_id: task for run_id, task, _ in job.runs() if task.recorded}
    if ending is None or last is None or last.name != "execute" or last.run_id not in tasks:
        return []
    try:
        events = read_events(job.folder / last.run_id / wire.EVENTS)
    except (JournalError, OSError) as error:
        return [f"the records of its steps cannot be read: {error}"]
    done = {each.step for each in events if each.end_ns is not None and each.error is None}
    still = [each for each in events if each.end_ns is None]
    named = [f"{e.step} for {(ending.ended_ns - e.start_ns) / 1e9:.0f} s" for e in still[:_NAMED]]
    more = f" and {len(still) - _NAMED} more" if len(still) > _NAMED else ""
    steps = len(tasks[last.run_id].workload.steps)
    return [
        f"{len(done)} of {steps} steps had ended; running then: {', '.join(named) or 'none'}{more}"
    ]


def _repetitions(
    job: Job,
    phases: list[wire.Phase],
    samples: list[Sample],
    outcome: Outcome,
    evidence: list[str],
) -> list[Repetition]:
    """Return the repetitions with an outcome.

    If the worker ended too early, the cell that it was at gets the outcome of the process; so do
    all other cells if it ended before the first execution.
    """
    executed = any(phase.name in wire.REPETITION_PHASES for phase in phases)
    blamed: str | None = None  # the cell that the worker was at
    oracles: dict[str, Mapping[str, Any]] = {}
    found = []
    for position, (run_id, task, number) in enumerate(job.runs()):
        own = [phase for phase in phases if phase.run_id == run_id]
        this = RepetitionRecord(task, run_id, number, position == 0, own, samples)
        # The reference's first repetition is the oracle of its others: a workload whose results
        # vary in plain Python cannot be compared.
        first = outputs_of(job, run_id) if task.oracle is None else task.oracle
        oracle = oracles.setdefault(task.cell, first or {})
        judged = judge.judge(job, this, oracle)
        if judged is None:
            blamed = blamed or task.cell
            if executed and task.cell != blamed:
                continue
            lost = [f"the worker wrote no result of {run_id}"]
            fate = (Outcome.FAILED, lost) if outcome is Outcome.OK else (outcome, evidence)
            judged = judge.unrun(this, *fate)
        found.append(judged)
    return found


def _trial_phases(phases: list[wire.Phase], ending: Ending | None) -> dict[str, int]:
    timed = {
        phase.name: phase.end_ns - phase.start_ns
        for phase in phases
        if not phase.run_id and phase.end_ns is not None
    }
    if ending is not None and phases:
        timed["spawn"] = phases[0].start_ns - ending.spawned_ns
        if phases[-1].name == "exit":
            timed["exit"] = ending.ended_ns - phases[-1].start_ns
    return {name: timed[name] for name in wire.TRIAL_PHASES if name in timed}


def _resources(
    response: wire.TrialResponse | None, ending: Ending, harness_cpu_s: float
) -> Resources:
    idle = response.idle if response else None
    return Resources(
        source=ending.source,
        memory=ending.memory or "none",
        peak_pss_bytes=ending.peak_pss_bytes,
        peak_processes=ending.peak_processes,
        peak_threads=ending.peak_threads,
        written_bytes=ending.written_bytes,
        idle_pss_bytes=response.idle_pss_bytes if response else None,
        idle_cpu_s=idle.cpu_s if idle else None,
        harness_cpu_s=harness_cpu_s + ending.supervisor_cpu_s,
        lasted_s=(ending.ended_ns - ending.spawned_ns) / 1e9,
    )


def tidy(job: Job, trial: Trial) -> Trial:
    """Remove the working files of a trial that is ok; those of any other are evidence.

    Return the trial, with evidence about artifacts that could not be removed.
    """
    outcome, _ = trial.worst
    if job.keep or outcome not in (Outcome.OK, Outcome.SKIPPED):
        return trial
    for name in ("home", "tmp", wire.SCRATCH, wire.SERVICES):
        shutil.rmtree(job.folder / name, ignore_errors=True)
    for run_id, _, _ in job.runs():
        shutil.rmtree(job.folder / run_id / wire.ARTIFACTS, ignore_errors=True)
    trouble = job.artifacts and artifacts.remove(job.venv, job.pythonpath[0], job.artifacts)
    if not trouble:
        return trial
    left = one_line(f"artifacts were not removed from {job.artifacts}: {trouble}")
    return msgspec.structs.replace(trial, evidence=[*trial.evidence, left])


def outputs_of(job: Job, run_id: str) -> dict[str, Any] | None:
    """Return the outputs of a repetition; None if its result is missing or cannot be read."""
    try:
        return wire.read(wire.RepetitionResult, job.folder / run_id / wire.RESULT).outputs
    except (OSError, wire.WireError):
        return None  # judge() says why
