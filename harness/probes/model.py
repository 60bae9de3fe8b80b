"""What a probe is, what is seen when it is run, and what may be said of that."""

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
    """A verdict, and in one sentence what it was read from."""

    verdict: Verdict
    said: str


class PipelineTrace(msgspec.Struct, frozen=True):
    """One pipeline of a probe: what its bodies recorded, what its hook told."""

    events: list[Event]
    attempts: list[Attempt]
    marks: list[tuple[int, str]]  #: moments that the hook noted, in ns
    heartbeats: dict[int, int] = {}  #: last signs of life of bodies, in ns, by their process
    killed_ns: int | None = None
    killed: str = ""
    back_ns: int | None = None  #: when the services that were killed were started again
    fell: list[str] = []  #: services that died by themselves, and were started again

    @property
    def answer(self) -> dict[str, Any]:
        """What the last attempt of the hook returned."""
        return self.attempts[-1].answer or {}

    def of(self, step: str) -> list[Event]:
        """The attempts at one body, by start."""
        return [event for event in self.events if event.step == step]

    def at(self, mark: str) -> int | None:
        """When the hook noted that, if it did."""
        return next((ns for ns, text in self.marks if text == mark), None)

    def between(self, begin_ns: float, end_ns: float = math.inf) -> PipelineTrace:
        """The same with nothing but what was begun from one moment to another."""
        mine = [event for event in self.events if begin_ns <= event.start_ns < end_ns]
        return msgspec.structs.replace(self, events=mine)

    def stopped_ns(self, event: Event) -> int:
        """When a body stopped: its end, or the last sign of life of one that never ended."""
        if event.end_ns is not None:
            return event.end_ns
        return max(self.heartbeats.get(event.pid, 0), event.start_ns)


class Observation(msgspec.Struct, frozen=True):
    """All that was seen of one probe."""

    settings: Mapping[str, Any]
    pipelines: list[PipelineTrace]
    folder: Path  #: of the trial
    outside: list[str] = []  #: connections that processes of the trial attempted to other hosts
    wall_s: float = 0.0  #: what to add to a monotonic stamp, in seconds, for seconds since 1970

    @property
    def only(self) -> PipelineTrace:
        """The pipeline, where there is one."""
        return self.pipelines[0]


class Probe(msgspec.Struct, frozen=True):
    """A small experiment: bodies for a hook to run, and a judge of what they recorded."""

    name: str
    title: str
    asks: str  #: what a reader wants to know
    hook: str  #: what the adapter's hook has to do, and return
    judge: Callable[[Observation], Judgement]
    bodies: Mapping[str, Body] = {}
    settings: Mapping[str, Any] = {}
    timeout_s: float = 240.0  # also where a worker starts a process for it, on a busy machine
    pipelines: int = 1
    kill: str = ""  #: whom: see harness.worker.probing.messages
    common: bool = False  #: the hook is the harness's own and needs no adapter's
    stoppable: bool = False  #: a hook that had to be stopped tells something, too
    function: str = ""  #: of the hook, where several probes share it
    together: bool = False  #: in the end judged by what all trials of the mode attempted
    told: str = ""  #: what the adapter's settings keep the framework from doing

    @property
    def hook_name(self) -> str:
        """The function that an adapter has to have."""
        return self.function or self.name


def body(function: str, **arguments: Any) -> Body:
    """One of ``workloads.probing``'s bodies."""
    return Body(f"workloads.probing:{function}", arguments)


def works(said: str) -> Judgement:
    """It does what it is asked for."""
    return Judgement(Verdict.WORKS, said)


def partly(said: str) -> Judgement:
    """Something is missing, and this is it."""
    return Judgement(Verdict.PARTLY, said)


def ignored(said: str) -> Judgement:
    """The API takes it and nothing happens."""
    return Judgement(Verdict.IGNORED, said)


def unsupported(said: str) -> Judgement:
    """It does not do that."""
    return Judgement(Verdict.UNSUPPORTED, said)


def inconclusive(said: str) -> Judgement:
    """Nothing can be said of the framework."""
    return Judgement(Verdict.INCONCLUSIVE, said)
