"""Messages between the harness and a probe process; :mod:`harness.wire` writes and reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from harness.wire import VERSION

OUTSIDE = "outside.jsonl"  #: connections attempted to other hosts, by all processes of the trial
MARKS = "marks.jsonl"
LOG = "probe.log"  #: output of a hook's process and of its descendants

#: Targets of a kill that are not a role of services: a step's process, or all processes.
STEP, ALL = "step", "all"
#: File in a pipeline's folder. Where one kill has to hit several pipelines, their first steps wait
#: for it.
GATE = "gate"
#: Services whose main process alone is killed: its children work for others, and continue until it
#: is restarted.
BARE = "bare"
#: Stands for a service in a role: the parent of a step's process, where workers of the engine start
#: a process for each step.
PARENT = "parent of the step"


@dataclass(frozen=True)
class Body:
    """A step for a hook to run: a function by name, and arguments."""

    function: str
    arguments: dict[str, Any]


@dataclass(frozen=True)
class ProbeOrder:
    """One probe to run."""

    name: str
    hook: str  #: function of the adapter's hooks, or of ``harness.worker.probing.common_hooks``
    common: bool  #: the hook is in ``common_hooks``, and gets the adapter
    bodies: dict[str, Body]
    settings: dict[str, Any]
    timeout_s: float  #: for each attempt
    pipelines: int  #: number of runs of the hook
    lanes: int  #: number of runs at once
    kill: str  #: role of the services to kill, or STEP, or ALL; empty if the probe does not kill


@dataclass(frozen=True)
class ProbesRequest:
    """All probes for one probe process."""

    adapter: str  #: module with the mode's four functions
    hooks: str  #: module with the mode's hooks
    mode: str
    workers: int
    distributions: list[str]
    needs: list[str]
    roles: dict[str, list[str]]  #: services by role: worker, scheduler, server, database
    orders: list[ProbeOrder]
    wire: int = VERSION


@dataclass(frozen=True)
class Attempt:
    """One process of a hook, and its answer."""

    start_ns: int
    end_ns: int
    how: str  #: "ended", "killed" by the probe, "timeout", or "died" by itself
    answer: dict[str, Any] | None = None
    error: str | None = None
    refusal: str | None = None  #: reason why the framework or mode does not have the feature
    refused_by: str = ""  #: "unsupported" or "needs"
    link: str = ""

    @property
    def succeeded(self) -> bool:
        """Return whether the framework reports the run as successful."""
        return self.answer is not None and self.answer.get("state") == "success"


@dataclass(frozen=True)
class Pipeline:
    """One run of a hook, with a second attempt if the first was killed and did not recover."""

    folder: str  #: relative to the trial's
    attempts: list[Attempt]
    killed_ns: int | None = None
    killed: str = ""  #: description of the killed processes
    back_ns: int | None = None  #: time at which the killed services were restarted
    fell: list[str] = field(default_factory=list)  #: services that died by themselves; restarted


@dataclass(frozen=True)
class ProbeResult:
    """Result of one probe; ``error`` is a failure outside its hook."""

    name: str
    pipelines: list[Pipeline]
    services: list[str] = field(default_factory=list)  #: names of the running services
    error: str | None = None
    wire: int = VERSION


@dataclass(frozen=True)
class ProbesResponse:
    """End of a probe process."""

    error: str | None
    versions: dict[str, str]
    wire: int = VERSION
