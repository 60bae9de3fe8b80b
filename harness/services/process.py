"""One process of a service: started, watched until it is ready, stopped."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.processes import procfs
from harness.services.errors import ServiceError

_POLL_S = 0.05
_TAIL_BYTES = 8192  # of a log, in which the last words are looked for
_SAID = 300  # characters of them
_LAST_LINES = 20
_NEAR = 6  # lines before the end, in which its cause is told
_CAUSE = re.compile(r"already in use|no space left|permission denied", re.IGNORECASE)
_ERROR = re.compile(r"\b(error|fatal|panic|critical)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Command:
    """What to start, and how to end it."""

    name: str
    arguments: Sequence[str]
    env: Mapping[str, str]
    user: str | None = None  #: to run as; None: as we do
    folder: Path | None = None  #: to run in
    stop: signal.Signals = signal.SIGTERM  #: what asks it to end
    grace_s: float = 30.0  #: how long it may then take


class Process:
    """A command in a process group of its own, all that it says in a log."""

    def __init__(self, command: Command, log: Path, secrets: Sequence[str] = ()) -> None:
        """``secrets``: what no message may repeat of what it says."""
        self.command, self.log, self._secrets = command, log, secrets
        self._left: set[int] = set()  #: what came of it, and outlived its first process
        self._popen = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        command = self.command
        user = {} if command.user is None else {"user": command.user, "extra_groups": []}
        self.log.parent.mkdir(parents=True, exist_ok=True)
        try:
            with self.log.open("ab") as output:
                return subprocess.Popen(  # type: ignore[no-any-return]
                    list(command.arguments),
                    env=dict(command.env),
                    cwd=command.folder,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    **user,  # type: ignore[call-overload]  # two keywords as one dict
                )
        except OSError as error:
            raise ServiceError(
                f"{command.name} cannot be started: {error.strerror or error}: {error.filename}"
            ) from None

    @property
    def pid(self) -> int:
        """Its number."""
        return int(self._popen.pid)

    @property
    def returncode(self) -> int | None:
        """How it ended, None while it runs; negative for a signal."""
        code: int | None = self._popen.poll()
        return code

    def wait_until(self, ready: Callable[[], bool], patience_s: float) -> float:
        """Wait until ``ready()``; seconds that it took. Raises :class:`ServiceError` if it ends
        before, or takes longer than ``patience_s``.
        """
        began = time.monotonic()
        while not ready():
            if self.returncode is not None:
                raise ServiceError(f"{self.command.name} {self.end(' before it was ready')}")
            if time.monotonic() - began > patience_s:
                raise ServiceError(
                    f"{self.command.name} was not ready within {patience_s:g} s; {self.words()}"
                )
            time.sleep(_POLL_S)
        return time.monotonic() - began

    def wait(self, patience_s: float) -> None:
        """Wait for a good end. Raises :class:`ServiceError` for another, or for none in time."""
        try:
            self._popen.wait(patience_s)
        except subprocess.TimeoutExpired:
            raise ServiceError(
                f"{self.command.name} did not end within {patience_s:g} s; {self.words()}"
            ) from None
        if self._popen.returncode != 0:
            raise ServiceError(f"{self.command.name} {self.end()}")

    def end(self, when: str = "") -> str:
        """How it ended, in words."""
        code = self.returncode
        how = f"ended with exit code {code}"
        if code is not None and code < 0:
            how = f"was ended by signal {-code}"
            with contextlib.suppress(ValueError):  # most real-time signals have no name
                how = f"was ended by {signal.Signals(-code).name}"
        return f"{how}{when}; {self.words()}"

    def words(self) -> str:
        """What it said last, and where all of it is."""
        with self.log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL_BYTES))
            lines = file.read().decode(errors="replace").splitlines()
        said = [line for line in lines if line.strip()]
        # What tells of an error is often followed by what was done about it.
        recent = said[-_LAST_LINES:]
        causes = [line for line in said[-_NEAR:] if _CAUSE.search(line)]
        errors = [line for line in recent if _ERROR.search(line)]
        last = " ".join((causes or errors or said or [""])[-1].split())
        for secret in self._secrets:
            last = last.replace(secret, "…")
        return f"it said last: {last[:_SAID] or 'nothing'}; log: {self.log}"

    def crash(self, bare: bool = False) -> None:
        """Kill it with all that came of it, as when its host or container dies.

        ``bare``: only its first process, as ``kill -9`` does; what came of it goes on until it is
        started again.
        """
        family = procfs.below(self.pid)
        if bare:
            self._popen.kill()
            self._popen.wait()
            self._left = {each.pid for each in family}
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        for each in family:  # those in sessions of their own
            with contextlib.suppress(ProcessLookupError):
                os.kill(each.pid, signal.SIGKILL)
        self._popen.wait()

    def again(self) -> None:
        """Start the same command once more, after it has ended.

        What is left of it is killed before, as service managers do: a process that inherited its
        connections may hold a dead transaction's locks.
        """
        ours = {each.pid for each in procfs.below(os.getpid())}
        since = {each.pid for pid in self._left for each in procfs.below(pid)}
        for pid in self._left | since:
            with contextlib.suppress(ProcessLookupError):
                # A number may have become another's meanwhile.
                if pid in ours or os.getpgid(pid) == self.pid:
                    os.kill(pid, signal.SIGKILL)
        self._left = set()
        self._popen = self._started()

    def stop(self) -> None:
        """Ask it to end, and kill what is left of its group after its grace."""
        if self.returncode is None:
            self._popen.send_signal(self.command.stop)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._popen.wait(self.command.grace_s)
        with contextlib.suppress(ProcessLookupError):  # nothing is left of it, as it should be
            os.killpg(self.pid, signal.SIGKILL)
        self._popen.wait()
