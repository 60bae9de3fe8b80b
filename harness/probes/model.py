"""Types of probes: the probe, the observation of a run, and the judgement."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from harness.model import Verdict
from harness.results.journal import Event
from harness.worker.probing.messages import Attempt, Body


class Judgement(msgspec.Struct, frozen=True):
    """A verdict, and the evidence for it in one sentence."""

    verdict: Verdict
    said: str


class PipelineTrace(msgspec.Struct, frozen=True):
    """One pipeline of a probe: the records of its bodies and the answers of its hook."""

    events: list[Event]
    attempts: list[Attempt]
    marks: list[tuple[int, str]]  #: moments that the hook marked, in ns
    heartbeats: dict[int, int] = {}  #: last heartbeat of bodies, in ns, by process id
    killed_ns: int | None = None
    killed: str = ""  #: description of the killed processes
    back_ns: int | None = None  #: time at which the killed services were restarted
    fell: list[str] = []  #: services that died by themselves, and were restarted

    @property
    def answer(self) -> dict[str, Any]:
        """Return the answer of the hook's last attempt; empty if it did not give one."""
        return self.attempts[-1].answer or {}

    def of(self, step: str) -> list[Event]:
        """Return the attempts at one body, by start."""
        return [event for event in self.events if event.step == step]

    def at(self, mark: str) -> int | None:
        """Return the time of the first such mark in ns; None if the hook did not set it."""
        return next((ns for ns, text in self.marks if text == mark), None)

    def between(self, begin_ns: float, end_ns: float = math.inf) -> PipelineTrace:
        """Return a copy with only the attempts that began within [``begin_ns``, ``end_ns``)."""
        mine = [event for event in self.events if begin_ns <= event.start_ns < end_ns]
        return msgspec.structs.replace(self, events=mine)

    def stopped_ns(self, event: Event) -> int:
        """Return the time in ns at which a body stopped: its end, else its last heartbeat."""
        if event.end_ns is not None:
            return event.end_ns
        return max(self.heartbeats.get(event.pid, 0), event.start_ns)


class Observation(msgspec.Struct, frozen=True):
    """All records of one probe."""

    settings: Mapping[str, Any]
    pipelines: list[PipelineTrace]
    folder: Path  #: of the trial
    outside: list[str] = []  #: connections that processes of the trial attempted to other hosts
    wall_s: float = 0.0  #: seconds to add to a monotonic stamp to get seconds since 1970

    @property
    def only(self) -> PipelineTrace:
        """Return the only pipeline of a probe that runs one."""
        return self.pipelines[0]


class Probe(msgspec.Struct, frozen=True):
    """A small experiment: bodies for a hook to run, and a judge of what they recorded."""

    name: str
    title: str
    asks: str  #: the question, as one sentence
    hook: str  #: task of the adapter's hook, with its return value
    judge: Callable[[Observation], Judgement]
    bodies: Mapping[str, Body] = {}
    settings: Mapping[str, Any] = {}
    timeout_s: float = 240.0  #: for each attempt; a worker may have to start a process for it
    pipelines: int = 1
    kill: str = ""  #: target: a role, or STEP or ALL of harness.worker.probing.messages
    common: bool = False  #: the hook is part of the harness, not of the adapter
    stoppable: bool = False  #: the records count even if the hook had to be stopped
    function: str = ""  #: name of the hook, where several probes share it
    together: bool = False  #: judged again once all trials of the mode have ended
    told: str = ""  #: default behaviour that the adapter's settings turn off

    @property
    def hook_name(self) -> str:
        """Return the name of the function that answers this probe."""
        return self.function or self.name


def body(function: str, **arguments: Any) -> Body:
    """Return a function of :mod:`workloads.probing` with its arguments, as a body."""
    return Body(f"workloads.probing:{function}", arguments)


def works(reason: str) -> Judgement:
    """Return the judgement that the framework did what was asked."""
    return Judgement(Verdict.WORKS, reason)


def partly(reason: str) -> Judgement:
    """Return the judgement that the framework did part of it; ``reason`` names the missing part."""
    return Judgement(Verdict.PARTLY, reason)


def ignored(reason: str) -> Judgement:
    """Return the judgement that the API accepted the request without any effect."""
    return Judgement(Verdict.IGNORED, reason)


def unsupported(reason: str) -> Judgement:
    """Return the judgement that the framework does not have the feature."""
    return Judgement(Verdict.UNSUPPORTED, reason)


def inconclusive(reason: str) -> Judgement:
    """Return the judgement that the records do not show how the framework behaves."""
    return Judgement(Verdict.INCONCLUSIVE, reason)
