"""Killers of steps and services midway through a run; only processes of the trial are killed."""

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

_PATIENCE_S = 180.0  # for all of the pipelines to begin
_QUIET_S = 20.0  # if no further pipeline begins for so long, no more can run at once
#: Step of the most advanced run at which the first wave is killed, and the number of steps through
#: which the waves rotate.
_FIRST, _MOMENTS = 2, 2


@dataclass
class ActivePipeline:
    """One pipeline under way."""

    number: int
    hook: Hook
    child: HookProcess
    attempts: list[Attempt] = field(default_factory=list)
    killed_ns: int | None = None
    killed: str = ""
    hit: bool = False  #: the kill came midway: a step had begun, and not all had succeeded
    back_ns: int | None = None  #: time at which the killed services were restarted
    fell: list[str] = field(default_factory=list)

    def open_gate(self) -> None:
        """Open the gate at which the first step waits for those of the other pipelines."""
        (self.hook.probe.folder / GATE).touch()

    @property
    def events(self) -> Path:
        """Return the folder of its steps' journals."""
        return Path(self.hook.probe.context.events)

    def note_deaths(self, fell: Sequence[str]) -> None:
        """Add the services that died by themselves during this pipeline."""
        self.fell += [name for name in fell if name not in self.fell]

    def note_kill(self, killed: str, killed_ns: int) -> None:
        """Record the killed processes, the time, and whether the kill came midway."""
        self.killed_ns, self.killed = killed_ns, killed
        done = watch.succeeded(self.events)
        self.hit = bool(watch.begun(self.events)) and done < set(self.hook.probe.bodies)


class Killer(Protocol):
    """Interface of killers, which see all active pipelines at short intervals."""

    def look(self, active: Sequence[ActivePipeline]) -> None:
        """Kill the processes whose time has come."""


class StepKiller:
    """Killer of the process of a running step, at another moment in each pipeline."""

    def __init__(self, settings: dict[str, Any], pipelines: int, level: str) -> None:
        """Create a killer for a number of pipelines.

        ``level``: ``STEP`` for the step's process, ``PARENT`` for the parent of that, ``ALL`` for
        the hook's process with all of its descendants.
        """
        self._moments_s = [
            settings["span_s"] * (number + 0.5) / pipelines for number in range(pipelines)
        ]
        self._level = level

    def look(self, active: Sequence[ActivePipeline]) -> None:
        """Kill in the pipelines whose moment has come and in which a step is running."""
        seen = [(each, *watch.look(each.events)) for each in active if each.killed_ns is None]
        for pipeline, first_ns, running in seen:
            due = self._moments_s[(pipeline.number - 1) % len(self._moments_s)]
            late = time.monotonic_ns() - (first_ns or 0) >= due * 1e9
            if running and late and pipeline.killed_ns is None:
                self._kill(pipeline, running[-1], [(each, steps) for each, _, steps in seen])

    def _kill(
        self,
        pipeline: ActivePipeline,
        running: watch.Running,
        every: Sequence[tuple[ActivePipeline, Sequence[watch.Running]]],
    ) -> None:
        now_ns = time.monotonic_ns()
        if self._level == ALL:
            pipeline.child.kill("killed")
            pipeline.note_kill(f"all processes, in step {running.step}", now_ns)
            return
        victim = self._victim(running)
        # The process may run steps of several pipelines: the kill hits all of them.
        steps_of = [(each, step) for each, steps in every for step in steps]
        hit = [(each, step) for each, step in steps_of if self._victim(step) == victim]
        if victim is not None and kill_ours(victim):
            for each, step in hit:
                each.note_kill(f"process {victim} in step {step.step}", now_ns)

    def _victim(self, running: watch.Running) -> int | None:
        if self._level == STEP:
            return running.pid
        process = procfs.stat(running.pid)
        return None if process is None else process.parent


@dataclass(frozen=True)
class KillTarget:
    """The processes that a killer of services kills."""

    names: Sequence[str]
    clients: bool  #: also the hooks' processes
    bare: frozenset[str] = frozenset()  #: services whose children are not killed


class ServiceKiller:
    """Killer of services once the pipelines are midway; it restarts the services later."""

    def __init__(
        self, services: Services, target: KillTarget, last: int, wave: int, down_s: float
    ) -> None:
        """Create a killer for one wave of pipelines.

        ``last``: number of the last pipeline that has to be started before the kill; ``wave``: its
        number from 0, which decides the step at which runs are hit; ``down_s``: seconds from the
        kill to the restart.
        """
        self._services, self._target, self._last = services, target, last
        self._down_s, self._step = down_s, _FIRST + wave % _MOMENTS
        self._began_ns = self._last_ns = time.monotonic_ns()
        self._started = self._begun = 0
        self._open = self._done = False

    def look(self, active: Sequence[ActivePipeline]) -> None:
        """Kill the services once, when as many pipelines as possible are midway."""
        self._started = max([self._started, *(each.number for each in active)])
        if self._open:
            for pipeline in active:  # also those that begin after the kill
                pipeline.open_gate()
        if self._done or not active or self._started < self._last or not self._due(active):
            return
        self._done = True
        target, now_ns = self._target, time.monotonic_ns()
        crashed = self._services.crash(target.names, target.bare)
        for pipeline in active:
            if target.clients:
                pipeline.child.kill("killed")
            pipeline.note_kill(", ".join(target.names) + " and the client" * target.clients, now_ns)
        time.sleep(self._down_s)
        back_ns = time.monotonic_ns()
        self._services.revive(crashed)
        for pipeline in active:
            pipeline.back_ns = back_ns

    def _due(self, active: Sequence[ActivePipeline]) -> bool:
        """Return whether all have begun and the most advanced is far enough, or in its last step.

        Also open the gates once all pipelines that can run at once have begun. Until then each
        waits in its first step: where each has to import its engine first, they begin about ten
        seconds apart.
        """
        begun = [len(watch.begun(pipeline.events)) for pipeline in active]
        now_ns = time.monotonic_ns()
        late = now_ns - self._began_ns > _PATIENCE_S * 1e9
        if sum(map(bool, begun)) > self._begun:
            self._begun, self._last_ns = sum(map(bool, begun)), now_ns
        quiet = self._begun > 0 and now_ns - self._last_ns > _QUIET_S * 1e9
        self._open = self._open or min(begun) > 0 or late or quiet
        if max(begun) == len(active[0].hook.probe.bodies) or (late and max(begun)):
            return True
        return min(begun) > 0 and max(begun) >= self._step


def kill_ours(pid: int) -> bool:
    """Kill a process if it descends from this one; return whether it was killed.

    The check is safe against reused process ids.
    """
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return False
    try:
        # Checked after the handle is open: the handle stays with this process if its id is reused.
        if not any(each.pid == pid for each in procfs.below(os.getpid())):
            return False
        signal.pidfd_send_signal(handle, signal.SIGKILL)
        return True
    except ProcessLookupError:
        return False
    finally:
        os.close(handle)
