"""Process of a service: started, watched until it is ready, stopped."""

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
_TAIL_BYTES = 8192  # of a log, searched for the line to show
_SHOWN = 300  # characters of that line
_LAST_LINES = 20  # searched for an error
_NEAR = 6  # last lines, searched for a known cause
_CAUSE = re.compile(r"already in use|no space left|permission denied", re.IGNORECASE)
_ERROR = re.compile(r"\b(error|fatal|panic|critical)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Command:
    """Command of a service, and how to end it."""

    name: str
    arguments: Sequence[str]
    env: Mapping[str, str]
    user: str | None = None  #: to run as; None: the user of this process
    folder: Path | None = None  #: to run in
    stop: signal.Signals = signal.SIGTERM  #: signal that requests its end
    grace_s: float = 30.0  #: seconds from that signal until it is killed


class Process:
    """Command in its own process group, with its output in a log."""

    def __init__(self, command: Command, log: Path, secrets: Sequence[str] = ()) -> None:
        """Start the command; ``secrets`` are removed from its output in messages.

        Raises :class:`ServiceError` if it cannot be started.
        """
        self.command, self.log, self._secrets = command, log, secrets
        self._left: set[int] = set()  #: pids of descendants that outlived a bare crash
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
        """Return the pid of its first process."""
        return int(self._popen.pid)

    @property
    def returncode(self) -> int | None:
        """Return the exit code, negative for a signal; None while it runs."""
        code: int | None = self._popen.poll()
        return code

    def wait_until(self, ready: Callable[[], bool], patience_s: float) -> float:
        """Wait until ``ready()``; return the seconds that it took.

        Raises :class:`ServiceError` if the process ends before, or needs more than ``patience_s``.
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
        """Wait for exit code 0. Raises :class:`ServiceError` for another, or after patience_s."""
        try:
            self._popen.wait(patience_s)
        except subprocess.TimeoutExpired:
            raise ServiceError(
                f"{self.command.name} did not end within {patience_s:g} s; {self.words()}"
            ) from None
        if self._popen.returncode != 0:
            raise ServiceError(f"{self.command.name} {self.end()}")

    def end(self, when: str = "") -> str:
        """Return a message on how it ended, with its last output; ``when`` follows the verb."""
        code = self.returncode
        how = f"ended with exit code {code}"
        if code is not None and code < 0:
            how = f"was ended by signal {-code}"
            with contextlib.suppress(ValueError):  # most real-time signals have no name
                how = f"was ended by {signal.Signals(-code).name}"
        return f"{how}{when}; {self.words()}"

    def words(self) -> str:
        """Return the line of its last output that most likely shows a cause, and its log's path."""
        with self.log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL_BYTES))
            lines = file.read().decode(errors="replace").splitlines()
        written = [line for line in lines if line.strip()]
        # The line with the error is often followed by lines on its consequences.
        recent = written[-_LAST_LINES:]
        causes = [line for line in written[-_NEAR:] if _CAUSE.search(line)]
        errors = [line for line in recent if _ERROR.search(line)]
        last = " ".join((causes or errors or written or [""])[-1].split())
        for secret in self._secrets:
            last = last.replace(secret, "…")
        return f"last output: {last[:_SHOWN] or 'none'}; log: {self.log}"

    def crash(self, bare: bool = False) -> None:
        """Kill it with all its descendants, as when its host or container dies.

        ``bare``: kill only its first process, as ``kill -9`` does; its descendants run until
        :meth:`again`.
        """
        family = procfs.below(self.pid)
        if bare:
            self._popen.kill()
            self._popen.wait()
            self._left = {each.pid for each in family}
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        for each in family:  # some may be in other sessions
            with contextlib.suppress(ProcessLookupError):
                os.kill(each.pid, signal.SIGKILL)
        self._popen.wait()

    def again(self) -> None:
        """Start the same command again, after it has ended.

        Its remaining descendants are killed first, as service managers do: a process that inherited
        its connections may hold the locks of a dead transaction.
        """
        ours = {each.pid for each in procfs.below(os.getpid())}
        since = {each.pid for pid in self._left for each in procfs.below(pid)}
        for pid in self._left | since:
            with contextlib.suppress(ProcessLookupError):
                # The pid may have been reused by another process meanwhile.
                if pid in ours or os.getpgid(pid) == self.pid:
                    os.kill(pid, signal.SIGKILL)
        self._left = set()
        self._popen = self._started()

    def stop(self) -> None:
        """Send its stop signal, and kill its process group after the grace period."""
        if self.returncode is None:
            self._popen.send_signal(self.command.stop)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._popen.wait(self.command.grace_s)
        with contextlib.suppress(ProcessLookupError):  # the group has ended
            os.killpg(self.pid, signal.SIGKILL)
        self._popen.wait()
