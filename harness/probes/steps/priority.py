"""Priority of queued steps."""

from __future__ import annotations

from harness.probes.judging import overlap_free
from harness.probes.model import (
    Judgement,
    Observation,
    Probe,
    body,
    ignored,
    inconclusive,
    partly,
    works,
)

_LOW = 4


def judge(seen: Observation) -> Judgement:
    """Judge how many earlier queued steps the high-priority step overtook."""
    low, high = seen.only.of("low"), seen.only.of("high")
    if len(low) != _LOW or len(high) != 1:
        return inconclusive(f"{len(low)} of {_LOW} steps `low` and {len(high)} of 1 `high` ran")
    if not overlap_free([*seen.only.of("first"), *low, *high]):
        return inconclusive("steps ran at the same time, so the queue was not limited to one slot")
    overtaken = sum(event.start_ns > high[0].start_ns for event in low)
    if not overtaken:
        return ignored("the high-priority step ran last, in the order of the queue")
    reason = f"the high-priority step overtook {overtaken} of {_LOW} queued steps"
    return works(reason) if overtaken == _LOW else partly(reason)


PROBE = Probe(
    name="priority",
    title="Priority",
    asks="Does a step of higher priority overtake steps that wait?",
    hook='With one slot for all steps: queue `first`, then settings["low"] steps `low`, then one '
    "`high` with a higher priority, set by the framework's own means; all are ready while `first` "
    "runs.",
    judge=judge,
    bodies={
        "first": body("sleep", seconds=2.0),
        "low": body("sleep", seconds=0.2),
        "high": body("sleep", seconds=0.2),
    },
    settings={"low": _LOW},
    timeout_s=300.0,  # where a worker fetches one run after the other
)
