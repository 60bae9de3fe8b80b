"""What judges ask of recorded attempts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from harness.probes.model import Judgement, PipelineTrace, ignored, inconclusive
from harness.results.journal import Event, most_at_once


def finished(run: PipelineTrace, step: str) -> bool:
    """Whether every attempt at a step came to a good end."""
    return all(event.end_ns is not None and event.error is None for event in run.of(step))


def once(run: PipelineTrace, *steps: str) -> bool:
    """Whether each of these ran once, to a good end."""
    return all(len(run.of(step)) == 1 and finished(run, step) for step in steps)


def before(run: PipelineTrace, *steps: str) -> bool:
    """Whether each of these ended before the next began."""
    return all(
        first.end_ns is not None and first.end_ns <= second.start_ns
        for earlier, later in pairwise(steps)
        for first in run.of(earlier)[-1:]
        for second in run.of(later)[:1]
    )


def overlap_free(events: Sequence[Event]) -> bool:
    """Whether no two of these ran at the same time."""
    return most_at_once(events) <= 1


def gaps_s(events: Sequence[Event]) -> list[float]:
    """From each attempt's end to the next one's start."""
    return [
        (later.start_ns - (earlier.end_ns or earlier.start_ns)) / 1e9
        for earlier, later in pairwise(events)
    ]


def ran_for_s(run: PipelineTrace, event: Event) -> float:
    """How long a body ran, to its end or its last sign of life."""
    return (run.stopped_ns(event) - event.start_ns) / 1e9


def never_ran(run: PipelineTrace, *steps: str) -> Judgement | None:
    """What is to be said where the API's answer cannot be that of a run: a step never ended."""
    missing = [step for step in steps if not run.of(step) or not finished(run, step)]
    return inconclusive(f"{', '.join(missing)} did not come to a good end") if missing else None


def refused_once(tries: Sequence[Event], what: str) -> Judgement:
    """Of a step that should have been tried several times, and was not."""
    if not tries:
        return inconclusive("the body never began")
    return ignored(f"{what} was accepted, and the step was tried once")
