"""Judge of one repetition: the worker's result, verified against the records of its steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from harness import wire
from harness.analysis.makespan import makespan_ns
from harness.execution import verify
from harness.execution.job import Job, Task
from harness.model import Outcome, Repetition, Usage
from harness.processes.sampler import Sample, peak
from harness.results.journal import Event, JournalError, read_events
from harness.text import one_line


class RepetitionRecord(msgspec.Struct, frozen=True):
    """Repetition to be judged, with its phases and samples."""

    task: Task
    run_id: str
    number: int
    cold: bool
    phases: list[wire.Phase]  #: its own
    samples: list[Sample]  #: of the whole trial

    def phase(self, name: str) -> wire.Phase | None:
        """Return the phase of this name; None if the repetition did not reach it."""
        return next((each for each in self.phases if each.name == name), None)


def judge(job: Job, this: RepetitionRecord, oracle: Mapping[str, Any]) -> Repetition | None:
    """Return the judged repetition.

    None if the worker wrote no result, or the end of the execute phase is not recorded.
    """
    folder = job.folder / this.run_id
    try:
        result = wire.read(wire.RepetitionResult, folder / wire.RESULT)
        if result.skipped is not None:
            return unrun(this, Outcome.SKIPPED, [result.skipped])
        events = read_events(folder / wire.EVENTS)
        if result.error is not None:
            return unrun(this, Outcome.FAILED, _failure(result, events))
        return _verified(job, this, result, events, oracle)
    except FileNotFoundError:
        return None
    except (wire.WireError, JournalError, OSError) as error:
        return unrun(this, Outcome.FAILED, [f"its result or records cannot be read: {error}"])


def unrun(this: RepetitionRecord, outcome: Outcome, evidence: list[str]) -> Repetition:
    """Return a repetition without figures."""
    return Repetition(
        cell=this.task.cell,
        run_id=this.run_id,
        number=this.number,
        cold=this.cold,
        outcome=outcome,
        evidence=[one_line(text) for text in evidence],
        phases={p.name: p.end_ns - p.start_ns for p in this.phases if p.end_ns is not None},
    )


def _failure(result: wire.RepetitionResult, events: Sequence[Event]) -> list[str]:
    """Return the step's own error, then the framework's unless it contains the step's."""
    error = str(result.error)
    evidence = [f"step {e.step}: {e.error}" for e in events if e.error is not None][:1]
    if not any(e.error is not None and e.error in error for e in events):
        evidence.append(f"failed in {result.phase}: {error}")
    return evidence


def _verified(
    job: Job,
    this: RepetitionRecord,
    result: wire.RepetitionResult,
    events: Sequence[Event],
    oracle: Mapping[str, Any],
) -> Repetition | None:
    task, outputs, tolerance = this.task, result.outputs or {}, job.tolerance
    if task.recorded:
        evidence = verify.problems(
            task.workload, events, outputs, oracle, result.engine_count, tolerance
        )
    else:
        evidence = verify.differences(oracle, outputs, tolerance)
    if evidence and task.oracle is None and this.number > 1:
        evidence[0] = f"plain Python itself does not repeat its result: {evidence[0]}"
    if evidence:
        return unrun(this, Outcome.WRONG, evidence)
    execute = this.phase("execute")
    if execute is None or execute.end_ns is None:
        return None
    return msgspec.structs.replace(
        unrun(this, Outcome.OK, [job.reservation] if job.others else []),
        makespan_ns=makespan_ns(execute.start_ns, events),
        engine_count=result.engine_count,
        usage={name: _usage(this, name, used) for name, used in result.usage.items()},
    )


def _usage(this: RepetitionRecord, phase: str, used: wire.PhaseUsage) -> Usage:
    span = this.phase(phase)
    highest = None
    if span is not None and span.end_ns is not None:
        highest = peak(this.samples, span.start_ns, span.end_ns)
    return Usage(
        cpu_s=used.cpu_s,
        written_bytes=used.written_bytes,
        processes=used.processes,
        threads=used.threads,
        database_bytes=used.database_bytes,
        peak_pss_bytes=highest.pss_bytes if highest else None,
    )
