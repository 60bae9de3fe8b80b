"""What the harness and a prober tell each other; see ``harness.wire`` for how."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from harness.wire import VERSION

OUTSIDE = "outside.jsonl"  #: connections attempted to other hosts, by all processes of the trial
MARKS = "marks.jsonl"
LOG = "probe.log"  #: what a hook's process and those that it started said

#: Whom a probe kills, where it is no role of a service.
STEP, ALL = "step", "all"
#: File in a pipeline's folder for which its first step waits, where one blow is to meet several.
GATE = "gate"
#: Services of which a kill of a role meets the first process only: those that it has started do
#: the work of others, and go on until it is started again.
BARE = "bare"
#: Instead of a service in a role: the process that a step's is a child of, where an engine has its
#: workers start one for each step.
PARENT = "parent of the step"


@dataclass(frozen=True)
class Body:
    """A step that a hook may use: a function by name, and arguments."""

    function: str
    arguments: dict[str, Any]


@dataclass(frozen=True)
class ProbeOrder:
    """One probe to do."""

    name: str
    hook: str  #: function of the adapter's hooks, or of ``harness.worker.probing.common_hooks``
    common: bool  #: it is the latter, and uses the adapter itself
    bodies: dict[str, Body]
    settings: dict[str, Any]
    timeout_s: float  #: for each attempt
    pipelines: int  #: how many times the hook is run
    lanes: int  #: how many of them at once
    kill: str  #: role of the services to kill, or STEP, or ALL; empty for no one


@dataclass(frozen=True)
class ProbesRequest:
    """All that a prober has to do."""

    adapter: str  #: module with the mode's four functions
    hooks: str  #: module with the mode's hooks
    mode: str
    workers: int
    distributions: list[str]
    needs: list[str]
    roles: dict[str, list[str]]  #: which services play a role: worker, scheduler, server, database
    orders: list[ProbeOrder]
    wire: int = VERSION


@dataclass(frozen=True)
class Attempt:
    """One process of a hook, and what it said."""

    start_ns: int
    end_ns: int
    how: str  #: "ended", "killed" by the probe, "timeout", or "died" by itself
    answer: dict[str, Any] | None = None
    error: str | None = None
    refusal: str | None = None  #: why there is no such thing
    refused_by: str = ""  #: "unsupported" or "needs"
    link: str = ""

    @property
    def succeeded(self) -> bool:
        """Whether the framework says that the run came to a good end."""
        return self.answer is not None and self.answer.get("state") == "success"


@dataclass(frozen=True)
class Pipeline:
    """One run of a hook, to its end or as often as it was begun again."""

    folder: str  #: below the trial's
    attempts: list[Attempt]
    killed_ns: int | None = None
    killed: str = ""  #: who was killed
    back_ns: int | None = None  #: when services that were killed were started again
    fell: list[str] = field(default_factory=list)  #: services that died; started again


@dataclass(frozen=True)
class ProbeResult:
    """What came of one probe; ``error`` is what broke outside its hook."""

    name: str
    pipelines: list[Pipeline]
    services: list[str] = field(default_factory=list)  #: that were running
    error: str | None = None
    wire: int = VERSION


@dataclass(frozen=True)
class ProbesResponse:
    """How a prober ended."""

    error: str | None
    versions: dict[str, str]
    wire: int = VERSION
