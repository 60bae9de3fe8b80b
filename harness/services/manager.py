"""Services of one trial: provided, started in order, watched, stopped in reverse order."""

from __future__ import annotations

import os
import secrets
import shlex
import signal
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

from harness.services import collector, notes
from harness.services.errors import ServiceError
from harness.services.ports import HOST, Ports, answers
from harness.services.process import Command, Process
from harness.services.providers import PROVIDERS
from harness.services.starter import Entered
from workloads.record import TCP

_RESTART_S = 5.0  #: after which a dead service is restarted, as by a process manager


class Services:
    """Manager of a trial's services. As a context manager it stops all, the last one first.

    Every service that becomes ready, and every one that dies, is noted in ``folder``. The trial
    cannot succeed after a death, so it raises :class:`ServiceError` in the main thread at once,
    whatever that thread is waiting for.
    """

    def __init__(
        self,
        folder: Path,
        scratch: Path,
        workers: int = 1,
        service_urls: Mapping[str, str] | None = None,
    ) -> None:
        """Set up; nothing is started yet.

        ``folder``: for logs and notes; ``scratch``: for data; ``workers``: steps that run at once;
        ``service_urls``: URLs of the user's services by name, and as ``listen`` the address on
        which started services listen.
        """
        self.folder, self.scratch = folder, scratch
        self.workers = workers
        self._service_urls = dict(service_urls or {})
        self.host = self._service_urls.get("listen", HOST)
        self.ports = Ports(self.host)
        self._urls: dict[str, str] = {}
        self._running: list[Process] = []
        self._ready: dict[Process, tuple[Callable[[], bool], float]] = {}
        self._tended = False
        self._fell_ns: dict[Process, int] = {}
        self.dead: ServiceError | None = None  #: the first death, which ends the trial
        self._looking = False
        self._stack = ExitStack()
        self._secrets: list[str] = []

    def __enter__(self) -> Services:
        signal.signal(signal.SIGCHLD, lambda *_: self._look())
        return self

    def __exit__(self, *_: object) -> None:
        self._running.clear()  # from now on an end is not a death
        self._stack.close()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)

    def provide(self, name: str) -> None:
        """Start a service, or take a place in the user's; :meth:`url` then returns its URL."""
        began, before = time.monotonic(), len(self._ready)
        provided = PROVIDERS[name](self, self._service_urls.get(name))
        self._urls[name] = self._stack.enter_context(provided)
        if len(self._ready) - before <= 1:  # else start() has noted each of its processes
            self._note_ready(name, began)

    def entered(self, context: AbstractContextManager[Entered]) -> Entered:
        """Enter a context that outlives everything that is started from now on."""
        return self._stack.enter_context(context)

    def collect(self, folder: Path) -> str:
        """Start the collector of events from other hosts, which writes to ``folder/<run>``.

        Return the URL to which ``/<run>`` is appended.
        """
        token, port = self.secret(), self.port()
        module = [sys.executable, "-m", collector.__name__]
        command = Command(
            "collector",
            [*module, str(folder), self.host, str(port)],
            {**os.environ, collector.TOKEN: token},
        )
        # Not noted: it belongs to the harness, and not to the framework.
        self.run_service(command, lambda: answers(self.host, port), 180.0, noted=False)
        return f"{TCP}{token}@{self.host}:{port}"

    def url(self, name: str) -> str:
        """Return the URL, with password, of a service that adapter.toml lists in ``needs``."""
        return self._urls[name]

    def port(self) -> int:
        """Return a free port on the address on which services listen."""
        return self.ports.free()

    def secret(self) -> str:
        """Return a new random password of 32 hexadecimal digits, left out of messages."""
        self._secrets.append(secrets.token_hex(16))
        return self._secrets[-1]

    def start(
        self,
        name: str,
        arguments: Sequence[str],
        *,
        ready: Callable[[], bool],
        env: Mapping[str, str] | None = None,
        patience_s: float = 180.0,
        grace_s: float = 30.0,
    ) -> None:
        """Start a process of a service and wait until ``ready()``. It ends with the trial.

        ``env`` is added to this process's environment. Raises :class:`ServiceError` if the process
        ends before it is ready, or is not ready within ``patience_s``.
        """
        command = Command(name, arguments, {**os.environ, **(env or {})}, grace_s=grace_s)
        began = time.monotonic()
        self.run_service(command, ready, patience_s)
        self._note_ready(name, began)

    def run(
        self,
        name: str,
        arguments: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        patience_s: float = 180.0,
    ) -> None:
        """Run a command of a service's set-up to its end.

        Raises :class:`ServiceError` if it fails or takes longer than ``patience_s``.
        """
        began = time.monotonic()
        self.complete(Command(name, arguments, {**os.environ, **(env or {})}), patience_s)
        took_s = round(time.monotonic() - began, 3)
        notes.note(self.folder, {"prepared": name, "took_s": took_s})

    def complete(self, command: Command, patience_s: float = 180.0) -> None:
        """Run a command to its end as :meth:`run` does, with its own user, folder and signal."""
        process = self._process(command)
        try:
            process.wait(patience_s)
        finally:
            process.stop()

    def run_service(
        self, command: Command, ready: Callable[[], bool], patience_s: float, noted: bool = True
    ) -> Process:
        """Start a command as :meth:`start` does, with its own user, folder and signal."""
        process = self._process(command, noted)
        self._stack.callback(process.stop)
        process.wait_until(ready, patience_s)
        self._running.append(process)
        self._ready[process] = ready, patience_s
        self.check()
        return process

    def crash(self, names: Collection[str], bare: Collection[str] = ()) -> list[Process]:
        """Kill the services of these names at once, without counting that as a death.

        Child processes of those that are also in ``bare`` stay alive.
        """
        doomed = [each for each in self._running if each.command.name in names]
        self._running = [each for each in self._running if each not in doomed]
        for each in doomed:
            each.crash(each.command.name in bare)
        return doomed

    def revive(self, crashed: Collection[Process]) -> None:
        """Start crashed services again, in order, and wait until each is ready."""
        for each in crashed:
            each.again()
            each.wait_until(*self._ready[each])
            self._running.append(each)

    def tend(self) -> list[str]:
        """Restart services some seconds after their death; return the names of the newly dead.

        After the first call a death is no longer an error, so the caller has to call this
        repeatedly.
        """
        self._tended = True
        fell = []
        for each in self._running:
            if each.returncode is None:
                continue
            if each not in self._fell_ns:
                self._fell_ns[each] = time.monotonic_ns()
                notes.note(self.folder, {"died": f"service {each.command.name} {each.end()}"})
                fell.append(each.command.name)
            elif time.monotonic_ns() - self._fell_ns[each] > _RESTART_S * 1e9:
                each.stop()  # with its process group
                each.again()
                del self._fell_ns[each]
        return fell

    @property
    def pids(self) -> set[int]:
        """Return the pids of all started services, dead or alive."""
        return {each.pid for each in self._ready}

    @property
    def names(self) -> list[str]:
        """Return the names of the started services, in the order of their start."""
        return [each.command.name for each in self._ready]

    def _process(self, command: Command, noted: bool = True) -> Process:
        program, *rest = command.arguments
        text = shlex.join([Path(program).name, *rest]).replace(str(self.scratch), "FOLDER")
        for secret in self._secrets:
            text = text.replace(secret, "…")
        if noted:
            notes.note(self.folder, {"command": text})
        return Process(command, self.log(command.name), self._secrets)

    def log(self, name: str) -> Path:
        """Return the path of a service's log."""
        return self.folder / f"{name}.log"

    def check(self) -> None:
        """Raise the :class:`ServiceError` of the first death, if a service has died."""
        self._look()
        if self.dead is not None:
            raise self.dead

    def _look(self) -> None:
        if self._looking or self._tended or self.dead is not None:
            return  # later deaths follow from the first one, even while its log is read
        self._looking = True
        try:
            for process in self._running:
                if process.returncode is not None:
                    self.dead = ServiceError(f"service {process.command.name} {process.end()}")
                    notes.note(self.folder, {"died": str(self.dead)})
                    raise self.dead
        finally:
            self._looking = False

    def _note_ready(self, name: str, began: float) -> None:
        seconds = round(time.monotonic() - began, 3)
        notes.note(self.folder, {"service": name, "ready_s": seconds})
