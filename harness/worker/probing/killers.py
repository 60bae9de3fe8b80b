"""Who is killed in the middle of a run, and when. Nobody outside the trial ever is."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from harness.processes import procfs
from harness.services import Services
from harness.worker.probing import watch
from harness.worker.probing.hook_process import Hook, HookProcess
from harness.worker.probing.messages import ALL, GATE, STEP, Attempt

_PATIENCE_S = 180.0  # for all of the pipelines to get going
_QUIET_S = 20.0  # without one more that begins: so many run at once, and no more
#: The step of the foremost run in which the first wave is struck, and in how many they are in turn.
_FIRST, _MOMENTS = 2, 2


@dataclass
class Flight:
    """One pipeline under way."""

    number: int
    hook: Hook
    child: HookProcess
    attempts: list[Attempt] = field(default_factory=list)
    killed_ns: int | None = None
    killed: str = ""
    struck: bool = False  #: whether that was in its middle
    back_ns: int | None = None  #: when what was killed was started again
    fell: list[str] = field(default_factory=list)

    def let_go(self) -> None:
        """Open the gate at which its first step waits for those of the others."""
        (self.hook.probe.folder / GATE).touch()

    @property
    def events(self) -> Path:
        """Where its steps record."""
        return Path(self.hook.probe.context.events)

    def without(self, fell: Sequence[str]) -> None:
        """Note which services died under it by themselves."""
        self.fell += [name for name in fell if name not in self.fell]

    def hit(self, who: str, killed_ns: int) -> None:
        """Note who was killed under it, and when."""
        self.killed_ns, self.killed = killed_ns, who
        done = watch.good(self.events)
        self.struck = bool(watch.begun(self.events)) and done < set(self.hook.probe.bodies)


class Killer(Protocol):
    """Is shown all pipelines under way again and again, and strikes when it is time."""

    def look(self, flights: Sequence[Flight]) -> None:
        """Kill whoever is due."""


class OfSteps:
    """Kills what the step that runs at a moment runs in; for each pipeline another step's."""

    def __init__(self, settings: dict[str, Any], pipelines: int, whom: str) -> None:
        """``whom``: ``STEP`` for its process, ``PARENT`` for the one above that, ``ALL`` for the
        hook's process with all that came of it.
        """
        self._moments_s = [
            settings["span_s"] * (number + 0.5) / pipelines for number in range(pipelines)
        ]
        self._whom = whom

    def look(self, flights: Sequence[Flight]) -> None:
        """Kill in those whose moment has come and in which a step is running."""
        seen = [(each, *watch.look(each.events)) for each in flights if each.killed_ns is None]
        for flight, first_ns, running in seen:
            due = self._moments_s[(flight.number - 1) % len(self._moments_s)]
            late = time.monotonic_ns() - (first_ns or 0) >= due * 1e9
            if running and late and flight.killed_ns is None:
                self._strike(flight, running[-1], [(each, steps) for each, _, steps in seen])

    def _strike(
        self,
        flight: Flight,
        running: watch.Running,
        every: Sequence[tuple[Flight, Sequence[watch.Running]]],
    ) -> None:
        now_ns = time.monotonic_ns()
        if self._whom == ALL:
            flight.child.kill("killed")
            flight.hit(f"all processes, in step {running.step}", now_ns)
            return
        victim = self._victim(running)
        # It may be the process of several runs' steps, and dies under all of them.
        over = [(each, step) for each, steps in every for step in steps]
        hit = [(each, step) for each, step in over if self._victim(step) == victim]
        if victim is not None and kill_ours(victim):
            for each, step in hit:
                each.hit(f"process {victim} in step {step.step}", now_ns)

    def _victim(self, running: watch.Running) -> int | None:
        if self._whom == STEP:
            return running.pid
        found = procfs.stat(running.pid)
        return None if found is None else found.parent


@dataclass(frozen=True)
class KillTarget:
    """Whom a killer of services kills."""

    names: Sequence[str]
    clients: bool  #: the hooks' processes, too
    bare: frozenset[str] = frozenset()  #: of which only the first process dies


class OfServices:
    """Kills services once the pipelines are in their middle, and starts them again later."""

    def __init__(
        self, services: Services, target: KillTarget, last: int, wave: int, down_s: float
    ) -> None:
        """``last``: number of the last to be started first; ``wave``: counted from 0; the step
        at which runs are struck changes with it; ``down_s``: until somebody is there.
        """
        self._services, self._target, self._last = services, target, last
        self._down_s, self._step = down_s, _FIRST + wave % _MOMENTS
        self._began_ns = self._last_ns = time.monotonic_ns()
        self._started = self._begun = 0
        self._open = self._struck = False

    def look(self, flights: Sequence[Flight]) -> None:
        """Strike once: in the middle of as many as can be."""
        self._started = max([self._started, *(each.number for each in flights)])
        if self._open:
            for flight in flights:  # those that are begun after the blow, too
                flight.let_go()
        if self._struck or not flights or self._started < self._last or not self._due(flights):
            return
        self._struck = True
        target, now_ns = self._target, time.monotonic_ns()
        crashed = self._services.crash(target.names, target.bare)
        for flight in flights:
            if target.clients:
                flight.child.kill("killed")
            flight.hit(", ".join(target.names) + " and the client" * target.clients, now_ns)
        time.sleep(self._down_s)
        back_ns = time.monotonic_ns()
        self._services.revive(crashed)
        for flight in flights:
            flight.back_ns = back_ns

    def _due(self, flights: Sequence[Flight]) -> bool:
        """Whether all have begun and the foremost is far enough; or it has no more steps left.

        None gets beyond its first step before all that run at once have got there: where each is a
        process that has to import its engine first, they begin some ten seconds apart.
        """
        begun = [len(watch.begun(flight.events)) for flight in flights]
        now_ns = time.monotonic_ns()
        late = now_ns - self._began_ns > _PATIENCE_S * 1e9
        if sum(map(bool, begun)) > self._begun:
            self._begun, self._last_ns = sum(map(bool, begun)), now_ns
        quiet = self._begun > 0 and now_ns - self._last_ns > _QUIET_S * 1e9
        self._open = self._open or min(begun) > 0 or late or quiet
        if max(begun) == len(flights[0].hook.probe.bodies) or (late and max(begun)):
            return True
        return min(begun) > 0 and max(begun) >= self._step


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
