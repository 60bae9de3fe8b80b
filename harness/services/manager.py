"""All services of one trial: provided, started in order, watched, stopped in reverse."""

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

_RESTART_S = 5.0  #: after which a process manager starts again what ended


class Services:
    """Starts what a trial needs. As a context manager it stops all, the last one first.

    Every service that got ready, and every one that died by itself, is noted in ``folder``. Once
    one of them is dead nothing can come right: its death raises :class:`ServiceError` in the main
    thread, whatever that is waiting for.
    """

    def __init__(
        self,
        folder: Path,
        scratch: Path,
        workers: int = 1,
        service_urls: Mapping[str, str] | None = None,
    ) -> None:
        """``folder``: for logs and notes; ``scratch``: for data; ``workers``: steps that are to run
        at once; ``service_urls``: URLs of services to use, by name, and where ours ``listen``.
        """
        self.folder, self.scratch = folder, scratch
        self.workers = workers
        self._given = dict(service_urls or {})
        self.host = self._given.get("listen", HOST)
        self.ports = Ports(self.host)
        self._urls: dict[str, str] = {}
        self._running: list[Process] = []
        self._ready: dict[Process, tuple[Callable[[], bool], float]] = {}
        self._tended = False
        self._fell_ns: dict[Process, int] = {}
        self.dead: ServiceError | None = None  #: why nothing can come right any more
        self._looking = False
        self._stack = ExitStack()
        self._secrets: list[str] = []

    def __enter__(self) -> Services:
        signal.signal(signal.SIGCHLD, lambda *_: self._look())
        return self

    def __exit__(self, *_: object) -> None:
        self._running.clear()  # from now on they may end
        self._stack.close()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)

    def provide(self, name: str) -> None:
        """Have a database or broker of our own at hand; :meth:`url` then tells where."""
        began, before = time.monotonic(), len(self._ready)
        provided = PROVIDERS[name](self, self._given.get(name))
        self._urls[name] = self._stack.enter_context(provided)
        if len(self._ready) - before <= 1:  # else each of them is noted
            self._note_ready(name, began)

    def entered(self, context: AbstractContextManager[Entered]) -> Entered:
        """Enter a context that is to outlive all that is started from now on."""
        return self._stack.enter_context(context)

    def collect(self, folder: Path) -> str:
        """Take what steps record elsewhere into ``folder/<run>``; the URL to append the run to."""
        token, port = self.secret(), self.port()
        module = [sys.executable, "-m", collector.__name__]
        command = Command(
            "collector",
            [*module, str(folder), self.host, str(port)],
            {**os.environ, collector.TOKEN: token},
        )
        # Ours and no framework's: nobody would have started it.
        self.run_service(command, lambda: answers(self.host, port), 180.0, noted=False)
        return f"{TCP}{token}@{self.host}:{port}"

    def url(self, name: str) -> str:
        """Where a service is that adapter.toml says the mode needs; with its password."""
        return self._urls[name]

    def port(self) -> int:
        """A free port on the address where services listen."""
        return self.ports.free()

    def secret(self) -> str:
        """A password that nobody has guessed, of 32 letters and digits."""
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

        ``env`` is added to our own environment. Raises :class:`ServiceError` if it ends before it
        is ready, or is not ready in time.
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
        """Run a command of a service's set-up to its end. Raises :class:`ServiceError`."""
        began = time.monotonic()
        self.complete(Command(name, arguments, {**os.environ, **(env or {})}), patience_s)
        took_s = round(time.monotonic() - began, 3)
        notes.note(self.folder, {"prepared": name, "took_s": took_s})

    def complete(self, command: Command, patience_s: float = 180.0) -> None:
        """As :meth:`run`, for a command that is to be run in its own way."""
        process = self._process(command)
        try:
            process.wait(patience_s)
        finally:
            process.stop()

    def run_service(
        self, command: Command, ready: Callable[[], bool], patience_s: float, noted: bool = True
    ) -> Process:
        """As :meth:`start`, for a command that is to be run or ended in its own way."""
        process = self._process(command, noted)
        self._stack.callback(process.stop)
        process.wait_until(ready, patience_s)
        self._running.append(process)
        self._ready[process] = ready, patience_s
        self.check()
        return process

    def crash(self, names: Collection[str], bare: Collection[str] = ()) -> list[Process]:
        """Kill the services of these names, all at once, without anybody being told.

        Of those that are also in ``bare`` what they have started lives on.
        """
        doomed = [each for each in self._running if each.command.name in names]
        self._running = [each for each in self._running if each not in doomed]
        for each in doomed:
            each.crash(each.command.name in bare)
        return doomed

    def revive(self, crashed: Collection[Process]) -> None:
        """Start crashed services again where they were, in order; wait until each is ready."""
        for each in crashed:
            each.again()
            each.wait_until(*self._ready[each])
            self._running.append(each)

    def tend(self) -> list[str]:
        """Start again, after a while, whatever died; the names of what just did.

        Whoever calls this once has to go on: from then on a death is no error.
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
                each.stop()  # with all that came of it
                each.again()
                del self._fell_ns[each]
        return fell

    @property
    def pids(self) -> set[int]:
        """Of all processes that were started and not stopped, dead or alive."""
        return {each.pid for each in self._ready}

    @property
    def names(self) -> list[str]:
        """Of the services that run, in the order in which they were started."""
        return [each.command.name for each in self._ready]

    def _process(self, command: Command, noted: bool = True) -> Process:
        program, *rest = command.arguments
        said = shlex.join([Path(program).name, *rest]).replace(str(self.scratch), "FOLDER")
        for secret in self._secrets:
            said = said.replace(secret, "…")
        if noted:
            notes.note(self.folder, {"command": said})
        return Process(command, self.log(command.name), self._secrets)

    def log(self, name: str) -> Path:
        """Where what a service says is kept."""
        return self.folder / f"{name}.log"

    def check(self) -> None:
        """Raise what made a service useless, if one died."""
        self._look()
        if self.dead is not None:
            raise self.dead

    def _look(self) -> None:
        if self._looking or self._tended or self.dead is not None:
            return  # what a dead service leaves dies after it, also while its log is read
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
