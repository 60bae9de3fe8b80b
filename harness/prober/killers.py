"""Who is killed in the middle of a run, and when. Nobody outside the trial ever is."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from harness import procfs
from harness.prober import journals
from harness.prober.children import Child, Hook
from harness.prober.messages import Attempt
from harness.services import Services

_PATIENCE_S = 180.0  # for half of the pipelines to get going


@dataclass
class Flight:
    """One pipeline under way."""

    number: int
    hook: Hook
    child: Child
    attempts: list[Attempt] = field(default_factory=list)
    killed_ns: int | None = None
    killed: str = ""
    struck: bool = False  #: whether it still had steps to do then
    fell: list[str] = field(default_factory=list)

    @property
    def events(self) -> Path:
        """Where its steps record."""
        return Path(self.hook.probe.context.events)

    def without(self, fell: Sequence[str]) -> None:
        """Note which services died under it by themselves."""
        self.fell += [name for name in fell if name not in self.fell]

    def hit(self, who: str) -> None:
        """Note who was killed under it."""
        self.killed_ns, self.killed = time.monotonic_ns(), who
        self.struck = journals.good(self.events) < set(self.hook.probe.bodies)


class Killer(Protocol):
    """Is shown all pipelines under way again and again, and strikes when it is time."""

    def look(self, flights: Sequence[Flight]) -> None:
        """Kill whoever is due."""


class OfSteps:
    """Kills the process of the step that runs at a moment; for each pipeline another one."""

    def __init__(self, settings: dict[str, Any], pipelines: int, whole: bool) -> None:
        """``whole``: kill the hook's process instead, with all that came of it."""
        self._moments_s = [
            settings["span_s"] * (number + 0.5) / pipelines for number in range(pipelines)
        ]
        self._whole = whole

    def look(self, flights: Sequence[Flight]) -> None:
        """Kill in those whose moment has come and in which a step is running."""
        for flight in flights:
            if flight.killed_ns is None:
                first_ns, running = journals.look(flight.events)
                due = self._moments_s[(flight.number - 1) % len(self._moments_s)]
                if running and time.monotonic_ns() - (first_ns or 0) >= due * 1e9:
                    self._strike(flight, running[-1])

    def _strike(self, flight: Flight, running: journals.Running) -> None:
        if self._whole:
            flight.hit(f"all processes, in step {running.step}")
            flight.child.kill("killed")
        elif kill_ours(running.pid):
            flight.hit(f"process {running.pid} in step {running.step}")


class OfServices:
    """Kills services once the pipelines are under way, and starts them again after a while."""

    def __init__(
        self, services: Services, names: Sequence[str], last: int, whole: bool, down_s: float
    ) -> None:
        """``last``: number of the last to be started first; ``whole``: kill the clients too."""
        self._services, self._names, self._last = services, names, last
        self._whole, self._down_s = whole, down_s
        self._began_ns = time.monotonic_ns()
        self._started = 0
        self._struck = False

    def look(self, flights: Sequence[Flight]) -> None:
        """Strike once, when all have been started and a step has begun in half of them."""
        self._started = max([self._started, *(each.number for each in flights)])
        if self._struck or not flights or self._started < self._last:
            return
        ended = sum(journals.ended(flight.events) for flight in flights)
        late = time.monotonic_ns() - self._began_ns > _PATIENCE_S * 1e9
        if 2 * ended < len(flights) and not (ended and late):
            return
        self._struck = True
        crashed = self._services.crash(self._names)
        for flight in flights:
            flight.hit(", ".join(self._names) + " and the client" * self._whole)
            if self._whole:
                flight.child.kill("killed")
        time.sleep(self._down_s)
        self._services.revive(crashed)


def kill_ours(pid: int) -> bool:
    """Kill a process if it came of this one; whether it did. Safe against reused numbers."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return False
    try:
        # Looked for after it is held: from now on the number cannot become another process's.
        if not any(each.pid == pid for each in procfs.below(os.getpid())):
            return False
        signal.pidfd_send_signal(handle, signal.SIGKILL)
        return True
    except ProcessLookupError:
        return False
    finally:
        os.close(handle)
