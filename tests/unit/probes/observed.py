"""Hand-made observations for tests of judges."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness.probes.model import Observation, PipelineTrace
from harness.probes.registry import every
from harness.results.journal import Event
from harness.worker.probing.messages import Attempt

#: An attempt at a body: name, start and end in seconds (None: it did not end), error.
Body = tuple[str, float, float | None, str | None]


def ran(*names: str, each_s: float = 1.0) -> list[Body]:
    """Return successful attempts at these bodies, one after another."""
    return [(name, at * each_s, (at + 0.9) * each_s, None) for at, name in enumerate(names)]


def seen(
    bodies: Sequence[Body],
    answer: dict[str, Any] | None = None,
    marks: Sequence[tuple[float, str]] = (),
    heartbeat: float | None = None,
    attempts: Sequence[dict[str, Any] | None] = (),
    killed: float | None = None,
) -> PipelineTrace:
    """Return the trace of one pipeline; ``heartbeat`` is the last one of all its bodies."""
    told = attempts or [answer if answer is not None else {}]
    return PipelineTrace(
        events=[
            Event(name, 1, ns(start), None if end is None else ns(end), error, "host", 7, 1)
            for name, start, end, error in sorted(bodies, key=lambda body: body[1])
        ],
        attempts=[
            # A second attempt starts after the kill.
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
    """Return the observation of one probe."""
    return Observation(every()[probe].settings, list(pipelines), folder, list(outside))


def ns(seconds: float) -> int:
    """Return seconds as a stamp, from 1000 s on, because a heartbeat cannot be 0."""
    return round((1000 + seconds) * 1e9)


def otherwise(*good: str, bad: bool = True) -> PipelineTrace:
    """Return a trace in which a failure policy is ignored, then another way after 10 s works."""
    error = "ValueError: on purpose"
    bodies: list[Body] = [("bad", 1, 1.1, error), ("bad", 11, 11.1, error if bad else None)]
    bodies += [(name, 12 + at, 12.9 + at, None) for at, name in enumerate(good)]
    told = {"failed": True, "asked": "policy=LATE", "otherwise": "by hand"}
    return seen(bodies, told, marks=[(10, "otherwise")])
