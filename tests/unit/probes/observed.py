"""Observations made by hand, for judges."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness.probes.model import Observation, PipelineTrace
from harness.probes.registry import every
from harness.results.journal import Event
from harness.worker.probing.messages import Attempt

#: A body's attempt: its name, start and end in seconds (None: it never ended), its error.
Body = tuple[str, float, float | None, str | None]


def ran(*names: str, each_s: float = 1.0) -> list[Body]:
    """These bodies after each other, all well."""
    return [(name, at * each_s, (at + 0.9) * each_s, None) for at, name in enumerate(names)]


def seen(
    bodies: Sequence[Body],
    answer: dict[str, Any] | None = None,
    marks: Sequence[tuple[float, str]] = (),
    heartbeat: float | None = None,
    attempts: Sequence[dict[str, Any] | None] = (),
    killed: float | None = None,
) -> PipelineTrace:
    """One pipeline; ``heartbeat`` is the last sign of life of all its bodies."""
    told = attempts or [answer if answer is not None else {}]
    return PipelineTrace(
        events=[
            Event(name, 1, ns(start), None if end is None else ns(end), error, "host", 7, 1)
            for name, start, end, error in sorted(bodies, key=lambda body: body[1])
        ],
        attempts=[
            # Who begins again does so after the blow.
            Attempt(ns((killed or 0) + 0.1) if number else 0, ns(100), "ended", each)
            for number, each in enumerate(told)
        ],
        marks=[(ns(at), text) for at, text in marks],
        heartbeats={} if heartbeat is None else {7: ns(heartbeat)},
        killed_ns=None if killed is None else ns(killed),
        killed="somebody" if killed is not None else "",
    )


def observation(
    probe: str,
    *pipelines: PipelineTrace,
    outside: Sequence[str] = (),
    folder: Path = Path("/nowhere"),
) -> Observation:
    """All of one probe."""
    return Observation(every()[probe].settings, list(pipelines), folder, list(outside))


def ns(seconds: float) -> int:
    """Seconds as a stamp; 1000 s after the clock's zero, which a heartbeat may not be."""
    return round((1000 + seconds) * 1e9)


def otherwise(*good: str, bad: bool = True) -> PipelineTrace:
    """A failure policy that is not heeded; after 10 s another way, in which these end well."""
    error = "ValueError: on purpose"
    bodies: list[Body] = [("bad", 1, 1.1, error), ("bad", 11, 11.1, error if bad else None)]
    bodies += [(name, 12 + at, 12.9 + at, None) for at, name in enumerate(good)]
    told = {"failed": True, "asked": "policy=LATE", "otherwise": "by hand"}
    return seen(bodies, told, marks=[(10, "otherwise")])
