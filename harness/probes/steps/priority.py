"""What matters most goes first."""

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
    """The step of high priority overtakes those that were queued before it."""
    low, high = seen.only.of("low"), seen.only.of("high")
    if len(low) != _LOW or len(high) != 1:
        return inconclusive(f"{len(low)} of {_LOW} low and {len(high)} of 1 high steps ran")
    if not overlap_free([*seen.only.of("first"), *low, *high]):
        return inconclusive("there was more than one slot, so that nothing had to wait")
    overtaken = sum(event.start_ns > high[0].start_ns for event in low)
    if not overtaken:
        return ignored("the step of high priority ran last, as it was queued")
    told = f"the step of high priority overtook {overtaken} of {_LOW}"
    return works(told) if overtaken == _LOW else partly(told)


PROBE = Probe(
    name="priority",
    title="Priority",
    asks="Does an urgent step overtake those that wait?",
    hook='With one slot for all: queue `first`, then settings["low"] `low`, then one `high` with a '
    "higher native priority, all ready while `first` runs.",
    judge=judge,
    bodies={
        "first": body("sleep", seconds=2.0),
        "low": body("sleep", seconds=0.2),
        "high": body("sleep", seconds=0.2),
    },
    settings={"low": _LOW},
    timeout_s=300.0,  # where a worker asks for one run after the other
)
