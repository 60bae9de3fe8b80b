"""Recorded events, made by hand."""

from __future__ import annotations

from harness.results.journal import Event
from workloads.dag import Workload


def event(step: str, start_ns: int, end_ns: int | None, error: str | None = None) -> Event:
    """Return one recorded attempt; host, process and thread are always the same."""
    return Event(step, 1, start_ns, end_ns, error, "host", 1, 1)


def in_turn(workload: Workload) -> list[Event]:
    """Return the events of a run of ``workload``, step after step, without a failure."""
    return [event(step.id, i * 10, i * 10 + 5) for i, step in enumerate(workload.steps)]
