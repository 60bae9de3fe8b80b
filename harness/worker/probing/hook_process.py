"""Hooks in processes of their own: forked, watched, and nothing of them left."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from adapters.probing import NeedsServiceError, ProbeContext, UnsupportedError
from harness.processes import procfs
from harness.services import Services
from harness.worker.describe import explain
from harness.worker.probing import watch
from harness.worker.probing.messages import LOG, Attempt

_POLL_S = 0.1


@dataclass(frozen=True)
class Hook:
    """A function that shows one thing of a framework, and what it is told."""

    function: Callable[..., Any]
    probe: ProbeContext
    adapter: ModuleType | None  #: for hooks that are the same for every framework
    timeout_s: float

    def again(self) -> Hook:
        """The same after its first process was lost."""
        return replace(self, probe=replace(self.probe, attempt=self.probe.attempt + 1))

    @property
    def answer(self) -> Path:
        """Where its process leaves what it has to say."""
        return self.probe.folder / f"answer-{self.probe.attempt}.json"


class HookProcess:
    """The process of one attempt."""

    def __init__(self, hook: Hook, log: Path) -> None:
        self.hook = hook
        self.start_ns = time.monotonic_ns()
        self.how = "ended"
        self.pid = os.fork()
        if self.pid == 0:
            _become(hook, log)
        self._status: int | None = None

    def ended(self) -> bool:
        """Whether it has ended, by itself or because its time was up."""
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._status = status
                self.end_ns = time.monotonic_ns()
            elif time.monotonic_ns() - self.start_ns > self.hook.timeout_s * 1e9:
                self.kill("timeout")
        return self._status is not None

    def kill(self, how: str) -> None:
        """Kill it with all that came of it."""
        self.how = how
        for each in [*procfs.below(self.pid), procfs.stat(self.pid)]:
            with contextlib.suppress(ProcessLookupError):
                if each is not None:
                    os.kill(each.pid, signal.SIGKILL)

    def attempt(self) -> Attempt:
        """What came of it, once it has ended."""
        said: dict[str, Any] = {}
        with contextlib.suppress(FileNotFoundError):  # it did not get there
            said = json.loads(self.hook.answer.read_bytes())
        # What the system says of its end, where it is no exit that it chose.
        how = "died" if self.how == "ended" and not said else self.how
        return Attempt(self.start_ns, self.end_ns, how, **said)


class Hooks:
    """Starts hooks, and ends what they leave behind."""

    def __init__(self, services: Services) -> None:
        self.services = services
        # Some frameworks start processes by themselves, once their service is entered.
        self._before = {each.pid for each in procfs.below(os.getpid())}

    def start(self, hook: Hook) -> HookProcess:
        """Fork a process that runs a hook, in a folder of its own."""
        hook.probe.folder.mkdir(exist_ok=True)
        return HookProcess(hook, hook.probe.folder / LOG)

    def sweep(self) -> None:
        """End every process below us that is no service's: orphans have become our children."""
        ours = os.getpid()
        while True:
            keep = self._kept
            left = [each for each in procfs.below(ours) if each.parent == ours and each.alive]
            left = [each for each in left if each.pid not in keep]
            for each in left:
                os.kill(each.pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                while self._reaped():
                    pass
            if not left:
                return
            time.sleep(0.01)

    @property
    def _kept(self) -> set[int]:
        return self.services.pids | self._before

    def _reaped(self) -> bool:
        """Whether an orphan's end was taken note of; the services' ends are theirs to note."""
        keep = self._kept
        for each in procfs.below(os.getpid()):
            if each.parent == os.getpid() and not each.alive and each.pid not in keep:
                os.waitpid(each.pid, os.WNOHANG)
                return True
        return False


def _become(hook: Hook, log: Path) -> None:
    """Run the hook in this forked process, leave its answer, and end without a way back."""
    code = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # services are our parent's to watch
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.dup2(descriptor, 1)
        os.dup2(descriptor, 2)
        _leave(hook.answer, _said(hook))
        _linger(hook.probe)
        code = 0
    finally:
        with contextlib.suppress(Exception):  # a hook may have closed them
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)  # what our parent has open is not ours to close


def _said(hook: Hook) -> dict[str, Any]:
    try:
        adapter = () if hook.adapter is None else (hook.adapter,)
        answer = hook.function(hook.probe, *adapter)
        json.dumps(answer, allow_nan=False)
        return {"answer": dict(answer or {})}
    except UnsupportedError as refusal:
        kind = "needs" if isinstance(refusal, NeedsServiceError) else "unsupported"
        return {"refusal": str(refusal), "refused_by": kind, "link": refusal.link}
    except BaseException as error:  # engines have some that are no Exception
        return {"error": explain(error)}


def _linger(probe: ProbeContext) -> None:
    """Stay while a body runs on in a thread of ours: its end is what some probes ask for."""
    end = time.monotonic() + probe.settings.get("linger_s", 0.0)
    while time.monotonic() < end and watch.look(Path(probe.context.events))[1]:
        time.sleep(_POLL_S)


def _leave(path: Path, said: dict[str, Any]) -> None:
    aside = path.with_suffix(".part")
    aside.write_text(json.dumps(said))
    aside.rename(path)
