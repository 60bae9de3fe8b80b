"""One trial: a fresh worker process, watched phase by phase, and what it left, verified."""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from harness import verify, wire
from harness.catalog import Framework, Mode
from harness.model import Outcome, PlannedTrial, Repetition, Timeouts, Trial
from harness.spawn import Child, Ending, clean_environment
from workloads.dag import Workload
from workloads.record import JournalError, read_events

_TICK_S = 0.1  # how often the phases are looked at; the end of a trial is noticed at once

#: Libraries of the workload whose versions every run states.
LIBRARIES = ("numpy", "scipy", "scikit-learn", "pyarrow", "skops")

#: Called with the phase and the repetition that a trial is in, at every tick.
OnPhase = Callable[[str, str], None]


class Task(msgspec.Struct, frozen=True):
    """What one cell of a trial executes, and what it has to give."""

    cell: str
    workload: Workload
    file: Path  #: the workload's JSON
    workers: int
    oracle: Mapping[str, Any] | None  #: None where the output is to become the oracle


class Job(msgspec.Struct, frozen=True):
    """All that is needed to run one planned trial, and to judge what came of it."""

    planned: PlannedTrial
    framework: Framework
    tasks: list[Task]
    repetitions: int
    timeouts: Timeouts
    folder: Path
    venv: Path
    pythonpath: list[Path]
    keep: bool = False  #: leave HOME, scratch and artifacts where they are

    @property
    def mode(self) -> Mode:
        """What adapter.toml says of the trial's mode."""
        return self.framework.mode(self.planned.mode)

    def runs(self) -> list[tuple[str, Task, int]]:
        """Run id, task and number of every repetition, in order."""
        return [
            (f"r{number}" if len(self.tasks) == 1 else f"{task.cell}-r{number}", task, number)
            for task in self.tasks
            for number in range(1, self.repetitions + 1)
        ]


def run(job: Job, on_phase: OnPhase) -> Trial:
    """Run a trial and collect what came of it. Whatever happens, no process of it is left."""
    _prepare(job)
    command = [str(job.venv / "bin" / "python"), "-m", "harness.worker", str(job.folder)]
    settings = {
        setting.name: setting.value.replace("{folder}", str(job.folder / wire.SCRATCH))
        for setting in job.mode.settings
    }
    env = clean_environment(job.venv, job.folder, job.pythonpath, settings)
    started_ns = time.monotonic_ns()
    with Child(command, job.folder, env) as child:
        expired = _watch(child, job, on_phase, started_ns)
        ending = child.ending()
    return collect(job, ending, expired)


def collect(job: Job, ending: Ending | None, expired: str | None = None) -> Trial:
    """Read and verify what a trial left in its folder.

    ``ending`` is None for a trial of a run that was cut off; ``expired`` is the phase that lasted
    too long. Damaged files are evidence, never an exception.
    """
    evidence: list[str] = []
    phases: list[wire.Phase] = []
    response = None
    try:
        phases = wire.read_phases(job.folder / wire.PHASES)
        response = wire.read(wire.TrialResponse, job.folder / wire.RESPONSE)
    except FileNotFoundError:
        pass  # the worker did not get there; _ended_early says why
    except (wire.WireError, OSError) as error:
        evidence.append(f"the worker's answer cannot be read: {error}")
    outcome, reason = _ended_early(phases, response, ending, expired, bool(evidence), job.timeouts)
    evidence += [reason] if reason else []
    oracles: dict[str, Mapping[str, Any]] = {}
    repetitions = []
    for run_id, task, number in job.runs():
        # The reference's first repetition is the oracle of its others: a workload whose results
        # vary by themselves cannot be compared.
        first = outputs_of(job, run_id) if task.oracle is None else task.oracle
        oracle = oracles.setdefault(task.cell, first or {})
        judged = _judge(job, task, oracle, run_id, number, phases)
        if judged is None:
            left_out = f"the worker left no result of {run_id}"
            bad = outcome is not Outcome.OK
            judged = _repetition(
                task,
                run_id,
                number,
                phases,
                outcome if bad else Outcome.FAILED,
                list(evidence) if bad else [left_out],
            )
        repetitions.append(judged)
    if ending is not None and ending.survivors:
        # Not held against the outputs, but nobody should have to clean up after a framework.
        evidence.append(f"left running, and was killed: {ending.survivors[0]}")
    trial = Trial(
        id=job.planned.id,
        number=job.planned.number,
        framework=job.planned.framework,
        mode=job.planned.mode,
        outcome=outcome,
        evidence=evidence,
        phases=_trial_phases(phases, ending),
        versions=response.versions if response else {},
        cpu_s=round(ending.cpu_user_s + ending.cpu_system_s, 3) if ending else None,
        repetitions=repetitions,
    )
    _tidy(job, trial)
    return trial


def _prepare(job: Job) -> None:
    if job.folder.exists():
        shutil.rmtree(job.folder)  # of an attempt that was cut off
    (job.folder / wire.SCRATCH).mkdir(parents=True)
    request = wire.TrialRequest(
        adapter=job.framework.module,
        mode=job.planned.mode,
        distributions=[job.framework.entry.package, *LIBRARIES],
        settle_s=job.timeouts.settle / 2,
        repetitions=[
            wire.RepetitionRequest(run_id, str(task.file), task.workers)
            for run_id, task, _ in job.runs()
        ],
    )
    wire.write(job.folder / wire.REQUEST, request)


def _watch(child: Child, job: Job, on_phase: OnPhase, started_ns: int) -> str | None:
    """Wait for the end; the name of the phase whose time was up, if one was."""
    size = -1
    current, run_id, since_ns = "spawn", "", started_ns
    while not child.wait(_TICK_S):
        journal = job.folder / wire.PHASES
        if journal.exists() and journal.stat().st_size != size:
            size = journal.stat().st_size
            try:
                last = wire.read_phases(journal)[-1:]
            except wire.WireError:
                last = []  # collect() will say so; here the clock goes on
            for phase in last:
                current, run_id = phase.name, phase.run_id
                since_ns = phase.end_ns or phase.start_ns
        on_phase(current, run_id)
        if time.monotonic_ns() - since_ns > job.timeouts.of(current) * 1e9:
            child.kill(dump=True)
            return current
    return None


def _ended_early(
    phases: list[wire.Phase],
    response: wire.TrialResponse | None,
    ending: Ending | None,
    expired: str | None,
    damaged: bool,
    timeouts: Timeouts,
) -> tuple[Outcome, str]:
    """The outcome of the process itself, and why it is not ok."""
    last = phases[-1].name if phases else "spawn"
    if ending is None:
        return Outcome.SKIPPED, "cut off with the harness"
    if expired is not None:
        return Outcome.TIMEOUT, f"timeout in {expired} after {timeouts.of(expired):g} s"
    if damaged:
        return Outcome.FAILED, ""
    if response is None:
        return Outcome.FAILED, f"the worker {_how(ending)} in {last} without an answer"
    if response.error is not None:
        return Outcome.FAILED, f"failed in {response.phase}: {response.error}"
    if ending.returncode != 0:
        return Outcome.FAILED, f"the worker {_how(ending)} after its answer"
    return Outcome.OK, ""


def _how(ending: Ending) -> str:
    code = ending.returncode
    if code is not None and code < 0:
        return f"was ended by {signal.Signals(-code).name}"
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
            evidence = [*own[:1], f"failed in {result.phase}: {result.error}"]
        else:
            tolerance = job.framework.entry.tolerance
            outputs = result.outputs or {}
            evidence = verify.problems(task.workload, events, outputs, oracle, count, tolerance)
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
        evidence=evidence,
        phases={
            phase.name: phase.end_ns - phase.start_ns
            for phase in phases
            if phase.run_id == run_id and phase.end_ns is not None
        },
        makespan_ns=makespan_ns,
        engine_count=engine_count,
    )


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


def _tidy(job: Job, trial: Trial) -> None:
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
