"""What a trial left in its folder, read and verified. Damaged files are evidence, no exception."""

from __future__ import annotations

import re
import shutil
import signal
from collections.abc import Mapping
from typing import Any

import msgspec

from harness import verify, wire
from harness.job import Job, Task
from harness.model import Outcome, Repetition, Timeouts, Trial
from harness.spawn import Ending
from workloads.record import JournalError, read_events

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class _Remains(msgspec.Struct, frozen=True):
    """What could be read of a worker's own account."""

    phases: list[wire.Phase]
    response: wire.TrialResponse | None
    damage: str  #: why the rest could not be read


def collect(job: Job, ending: Ending | None, expired: str | None = None, unkept: str = "") -> Trial:
    """Read and verify what a trial left in its folder.

    ``ending`` is None for a trial of a run that was cut off; ``expired`` is the phase that lasted
    too long; ``unkept`` is what became of the keeper, if it failed.
    """
    remains = _read(job)
    if unkept:
        outcome, reason = Outcome.FAILED, unkept
    else:
        outcome, reason = _of_process(remains, ending, expired, job.timeouts)
    evidence = [reason] if reason else []
    repetitions = _repetitions(job, remains.phases, outcome, evidence)
    if ending is not None and ending.survivors:
        # Not held against the outputs, but nobody should have to clean up after a framework.
        evidence.append(f"left running, and was killed: {ending.survivors[0]}")
    trial = Trial(
        id=job.planned.id,
        number=job.planned.number,
        framework=job.planned.framework,
        mode=job.planned.mode,
        outcome=outcome,
        evidence=[_line(text) for text in evidence],
        phases=_trial_phases(remains.phases, ending),
        versions=remains.response.versions if remains.response else {},
        cpu_s=round(ending.cpu_user_s + ending.cpu_system_s, 3) if ending else None,
        repetitions=repetitions,
    )
    tidy(job, trial)
    return trial


def _read(job: Job) -> _Remains:
    phases: list[wire.Phase] = []
    try:
        phases = wire.read_phases(job.folder / wire.PHASES)
        return _Remains(phases, wire.read(wire.TrialResponse, job.folder / wire.RESPONSE), "")
    except FileNotFoundError:
        return _Remains(phases, None, "")  # the worker did not get there
    except (wire.WireError, OSError) as error:
        return _Remains(phases, None, f"the worker's answer cannot be read: {error}")


def _of_process(
    remains: _Remains, ending: Ending | None, expired: str | None, timeouts: Timeouts
) -> tuple[Outcome, str]:
    """The outcome of the process itself, and why it is not ok."""
    last = remains.phases[-1].name if remains.phases else "spawn"
    if ending is None:
        return Outcome.SKIPPED, "cut off with the harness"
    if expired is not None:
        return Outcome.TIMEOUT, f"timeout in {expired} after {timeouts.of(expired):g} s"
    if remains.damage:
        return Outcome.FAILED, remains.damage
    if remains.response is None:
        return Outcome.FAILED, f"the worker {_how(ending)} in {last} without an answer"
    if remains.response.error is not None:
        return Outcome.FAILED, f"failed in {remains.response.phase}: {remains.response.error}"
    if ending.returncode != 0:
        return Outcome.FAILED, f"the worker {_how(ending)} after its answer"
    return Outcome.OK, ""


def _repetitions(
    job: Job, phases: list[wire.Phase], outcome: Outcome, evidence: list[str]
) -> list[Repetition]:
    """All repetitions; those that the worker did not get to share its own fate."""
    oracles: dict[str, Mapping[str, Any]] = {}
    found = []
    for run_id, task, number in job.runs():
        # The reference's first repetition is the oracle of its others: a workload whose results
        # vary by themselves cannot be compared.
        first = outputs_of(job, run_id) if task.oracle is None else task.oracle
        oracle = oracles.setdefault(task.cell, first or {})
        judged = _judge(job, task, oracle, run_id, number, phases)
        if judged is None and outcome is not Outcome.OK:
            judged = _repetition(task, run_id, number, phases, outcome, evidence)
        elif judged is None:
            lost = [f"the worker left no result of {run_id}"]
            judged = _repetition(task, run_id, number, phases, Outcome.FAILED, lost)
        found.append(judged)
    return found


def _how(ending: Ending) -> str:
    code = ending.returncode
    if code is not None and code < 0:
        try:
            return f"was ended by {signal.Signals(-code).name}"
        except ValueError:  # the real-time signals between the first and the last have no name
            return f"was ended by signal {-code}"
    return f"ended with exit code {code}"


def _judge(
    job: Job,
    task: Task,
    oracle: Mapping[str, Any],
    run_id: str,
    number: int,
    phases: list[wire.Phase],
) -> Repetition | None:
    """One repetition: what the worker says of it, verified against what was recorded.

    None if the worker did not get as far as to say something.
    """
    folder = job.folder / run_id
    count = makespan = None
    try:
        result = wire.read(wire.RepetitionResult, folder / wire.RESULT)
        events = read_events(folder / wire.EVENTS)
        count = result.engine_count
        if result.error is not None:
            # The step's own words come before what the framework made of them.
            own = [f"step {e.step}: {e.error}" for e in events if e.error is not None]
            outcome = Outcome.FAILED
            evidence = own[:1]
            if not any(e.error is not None and e.error in result.error for e in events):
                evidence.append(f"failed in {result.phase}: {result.error}")
        else:
            tolerance = job.framework.entry.tolerance
            outputs = result.outputs or {}
            evidence = verify.problems(task.workload, events, outputs, oracle, count, tolerance)
            if evidence and task.oracle is None and number > 1:
                evidence[0] = f"plain Python itself does not repeat its result: {evidence[0]}"
            outcome = Outcome.WRONG if evidence else Outcome.OK
            start = _start_of("execute", run_id, phases)
            if outcome is Outcome.OK and start is not None:
                makespan = max(e.end_ns for e in events if e.end_ns is not None) - start
    except FileNotFoundError:
        return None
    except (wire.WireError, JournalError, OSError) as error:
        outcome, evidence = Outcome.FAILED, [f"its record cannot be read: {error}"]
    return _repetition(task, run_id, number, phases, outcome, evidence, makespan, count)


def _repetition(
    task: Task,
    run_id: str,
    number: int,
    phases: list[wire.Phase],
    outcome: Outcome,
    evidence: list[str],
    makespan_ns: int | None = None,
    engine_count: int | None = None,
) -> Repetition:
    return Repetition(
        cell=task.cell,
        run_id=run_id,
        number=number,
        cold=number == 1,
        outcome=outcome,
        evidence=[_line(text) for text in evidence],
        phases={
            phase.name: phase.end_ns - phase.start_ns
            for phase in phases
            if phase.run_id == run_id and phase.end_ns is not None
        },
        makespan_ns=makespan_ns,
        engine_count=engine_count,
    )


def _line(text: str) -> str:
    """One line that any file and terminal takes: no colours, control characters or surrogates."""
    words = " ".join(_ANSI.sub("", text).split())
    return "".join(c if c.isprintable() else "\ufffd" for c in words)


def _start_of(name: str, run_id: str, phases: list[wire.Phase]) -> int | None:
    found = [p.start_ns for p in phases if p.name == name and p.run_id == run_id]
    return found[0] if found else None


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


def tidy(job: Job, trial: Trial) -> None:
    """Remove what a good trial needs no more; what a failed one had is evidence."""
    outcome, _ = trial.worst
    if job.keep or outcome is not Outcome.OK:
        return
    for name in ("home", "tmp", wire.SCRATCH):
        shutil.rmtree(job.folder / name, ignore_errors=True)
    for run_id, _, _ in job.runs():
        shutil.rmtree(job.folder / run_id / wire.ARTIFACTS, ignore_errors=True)


def outputs_of(job: Job, run_id: str) -> dict[str, Any] | None:
    """What a repetition returned; None if it returned nothing that can be read."""
    try:
        return wire.read(wire.RepetitionResult, job.folder / run_id / wire.RESULT).outputs
    except (OSError, wire.WireError):
        return None  # _judge() says why
