"""Makespan of an execution: from its submission to the end of its last step."""

from __future__ import annotations

from collections.abc import Iterable

from harness.results.journal import Event


def makespan_ns(submitted_ns: int, events: Iterable[Event]) -> int | None:
    """Return nanoseconds from ``submitted_ns`` to the last end of a step.

    Both are stamps of the same monotonic clock. None if no step has ended.
    """
    ends = [event.end_ns for event in events if event.end_ns is not None]
    return max(ends) - submitted_ns if ends else None
