"""Predicates and measures of recorded attempts, shared by judges."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from harness.probes.model import Judgement, PipelineTrace, ignored, inconclusive
from harness.results.journal import Event, most_at_once


def finished(run: PipelineTrace, step: str) -> bool:
    """Return whether every attempt at a step succeeded."""
    return all(event.end_ns is not None and event.error is None for event in run.of(step))


def once(run: PipelineTrace, *steps: str) -> bool:
    """Return whether each of these steps ran exactly once and succeeded."""
    return all(len(run.of(step)) == 1 and finished(run, step) for step in steps)


def before(run: PipelineTrace, *steps: str) -> bool:
    """Return whether each of these steps ended before the next began."""
    return all(
        first.end_ns is not None and first.end_ns <= second.start_ns
        for earlier, later in pairwise(steps)
        for first in run.of(earlier)[-1:]
        for second in run.of(later)[:1]
    )


def overlap_free(events: Sequence[Event]) -> bool:
    """Return whether no two of these attempts ran at the same time."""
    return most_at_once(events) <= 1


def gaps_s(events: Sequence[Event]) -> list[float]:
    """Return the seconds from each attempt's end to the start of the next."""
    return [
        (later.start_ns - (earlier.end_ns or earlier.start_ns)) / 1e9
        for earlier, later in pairwise(events)
    ]


def ran_for_s(run: PipelineTrace, event: Event) -> float:
    """Return the seconds that a body ran, to its end or its last heartbeat."""
    return (run.stopped_ns(event) - event.start_ns) / 1e9


def never_ran(run: PipelineTrace, *steps: str) -> Judgement | None:
    """Return the judgement "inconclusive" if a step did not succeed; None if all did.

    Without those steps the hook's answer cannot be about a run.
    """
    missing = [step for step in steps if not run.of(step) or not finished(run, step)]
    return inconclusive(f"{', '.join(missing)} did not succeed") if missing else None


def refused_once(tries: Sequence[Event], what: str) -> Judgement:
    """Judge a step that should have been retried and has at most one attempt."""
    if not tries:
        return inconclusive("the body never began")
    return ignored(f"{what} was accepted, but the step was tried only once")
