"""Hook processes: each hook is forked, watched, and ended with all of its children."""

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
    """A hook function, with its arguments and its time limit."""

    function: Callable[..., Any]
    probe: ProbeContext
    adapter: ModuleType | None  #: only for the hooks in ``common_hooks``
    timeout_s: float

    def again(self) -> Hook:
        """Return the hook for the second attempt, after its first process was lost."""
        return replace(self, probe=replace(self.probe, attempt=self.probe.attempt + 1))

    @property
    def answer(self) -> Path:
        """Return the path of the file with the answer of its process."""
        return self.probe.folder / f"answer-{self.probe.attempt}.json"


class HookProcess:
    """The process of one attempt."""

    def __init__(self, hook: Hook, log: Path) -> None:
        self.hook = hook
        self.start_ns = time.monotonic_ns()
        self.how = "ended"
        self.pid = os.fork()
        if self.pid == 0:
            _run_in_fork(hook, log)
        self._status: int | None = None

    def ended(self) -> bool:
        """Return whether the process has ended; kill it once its time is up."""
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._status = status
                self.end_ns = time.monotonic_ns()
            elif time.monotonic_ns() - self.start_ns > self.hook.timeout_s * 1e9:
                self.kill("timeout")
        return self._status is not None

    def kill(self, how: str) -> None:
        """Kill the process with all of its descendants; ``how`` is recorded as its end."""
        self.how = how
        for each in [*procfs.below(self.pid), procfs.stat(self.pid)]:
            with contextlib.suppress(ProcessLookupError):
                if each is not None:
                    os.kill(each.pid, signal.SIGKILL)

    def attempt(self) -> Attempt:
        """Return the record of the process, once it has ended."""
        outcome: dict[str, Any] = {}
        with contextlib.suppress(FileNotFoundError):  # it ended before its answer
            outcome = json.loads(self.hook.answer.read_bytes())
        how = "died" if self.how == "ended" and not outcome else self.how
        return Attempt(self.start_ns, self.end_ns, how, **outcome)


class Hooks:
    """Starter of hook processes, which also ends their orphans."""

    def __init__(self, services: Services) -> None:
        self.services = services
        # Some frameworks start processes by themselves when their service is entered.
        self._before = {each.pid for each in procfs.below(os.getpid())}

    def start(self, hook: Hook) -> HookProcess:
        """Fork a process that runs a hook, and create the hook's folder."""
        hook.probe.folder.mkdir(exist_ok=True)
        return HookProcess(hook, hook.probe.folder / LOG)

    def sweep(self) -> None:
        """Kill every descendant that does not belong to a service.

        Orphans are among them: they have become children of this process.
        """
        ours = os.getpid()
        while True:
            spared = self._spared
            left = [each for each in procfs.below(ours) if each.parent == ours and each.alive]
            left = [each for each in left if each.pid not in spared]
            for each in left:
                os.kill(each.pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                while self._reaped():
                    pass
            if not left:
                return
            time.sleep(0.01)

    @property
    def _spared(self) -> set[int]:
        return self.services.pids | self._before

    def _reaped(self) -> bool:
        """Reap one dead orphan and return whether one was found; services reap their own."""
        spared = self._spared
        for each in procfs.below(os.getpid()):
            if each.parent == os.getpid() and not each.alive and each.pid not in spared:
                os.waitpid(each.pid, os.WNOHANG)
                return True
        return False


def _run_in_fork(hook: Hook, log: Path) -> None:
    """Run the hook in this forked process, write its answer, and exit; never return."""
    code = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # only the parent watches services
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.dup2(descriptor, 1)
        os.dup2(descriptor, 2)
        _write_answer(hook.answer, _outcome(hook))
        _linger(hook.probe)
        code = 0
    finally:
        with contextlib.suppress(Exception):  # a hook may have closed both streams
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)  # skips exit handlers: files and threads belong to the parent


def _outcome(hook: Hook) -> dict[str, Any]:
    """Run the hook; return its answer, refusal or error as fields of :class:`Attempt`."""
    try:
        adapter = () if hook.adapter is None else (hook.adapter,)
        answer = hook.function(hook.probe, *adapter)
        json.dumps(answer, allow_nan=False)
        return {"answer": dict(answer or {})}
    except UnsupportedError as refusal:
        kind = "needs" if isinstance(refusal, NeedsServiceError) else "unsupported"
        return {"refusal": str(refusal), "refused_by": kind, "link": refusal.link}
    except BaseException as error:  # some errors of engines are not an Exception
        return {"error": explain(error)}


def _linger(probe: ProbeContext) -> None:
    """Wait while a body runs on in a thread of this process: some probes need its end."""
    end = time.monotonic() + probe.settings.get("linger_s", 0.0)
    while time.monotonic() < end and watch.look(Path(probe.context.events))[1]:
        time.sleep(_POLL_S)


def _write_answer(path: Path, outcome: dict[str, Any]) -> None:
    aside = path.with_suffix(".part")
    aside.write_text(json.dumps(outcome))
    aside.rename(path)
