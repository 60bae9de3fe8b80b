"""A process between the harness and a worker, that leaves nothing of the worker behind.

``python keeper.py FOLDER -- COMMAND…`` runs the command in a session of its own and adopts every
process that comes of it (child subreaper), whatever session or group it moved to. When the command
ends, when the harness asks, or when the harness dies (its end of our stdin closes), the whole tree
is killed. It also drains the command's output into ``output.log``, keeping its head and its tail,
and writes ``exit.json`` last.
"""

from __future__ import annotations

import collections
import ctypes
import json
import os
import resource
import selectors
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil

EXIT = "exit.json"
LOG = "output.log"
KILL = b"k"  #: what the harness writes to have the tree killed at once
DUMP = b"d"  #: the same, but have Python say first where it is

_HEAD = 2 << 20  # bytes of output kept from the beginning, and
_TAIL = 256 << 10  # from the end
_GRACE_S = 2.0  # for helpers that end by themselves once the worker has ended
_DUMP_S = 0.3
_PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36


class Log:
    """Output, bounded: the head goes to the file as it comes, the tail when all is over."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=0)
        self._tail: collections.deque[bytes] = collections.deque()
        self.total = self.kept = self.held = 0

    def add(self, data: bytes) -> None:
        """Take a chunk of output. A full disk loses output, never the trial."""
        self.total += len(data)
        room = max(_HEAD - self.kept, 0)
        if room:
            self._write(data[:room])
            self.kept += len(data[:room])
        if data[room:]:
            self._tail.append(data[room:])
            self.held += len(data[room:])
        while self.held - len(self._tail[0] if self._tail else b"") > _TAIL:
            self.held -= len(self._tail.popleft())

    def close(self) -> None:
        """Write the tail, saying how much was left out before it."""
        left_out = self.total - self.kept - self.held
        if left_out:
            self._write(f"\n[… {left_out:,} bytes of output left out …]\n".encode())
        self._write(b"".join(self._tail))
        self._file.close()

    def _write(self, data: bytes) -> None:
        try:
            self._file.write(data)
        except OSError as error:
            print(f"keeper: output lost: {error}", file=sys.stderr)


class Keeper:
    """Runs one command and answers for every process that comes of it."""

    def __init__(self, folder: Path, command: list[str]) -> None:
        self.folder = folder
        self.log = Log(folder / LOG)
        self.returncode: int | None = None
        self.ended_ns = 0
        self.killed = False
        self.wakeup, wake = os.pipe()
        for end in (self.wakeup, wake):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: self.kill())
        self.spawned_ns = time.monotonic_ns()
        self.child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_before_exec,
        )

    def keep(self) -> None:
        """Wait for the end, whoever brings it about."""
        assert self.child.stdout is not None
        output = self.child.stdout.fileno()
        os.set_blocking(output, False)
        selector = selectors.DefaultSelector()
        for descriptor in (output, sys.stdin.fileno(), self.wakeup):
            selector.register(descriptor, selectors.EVENT_READ)
        while self.returncode is None:
            for key, _ in selector.select(timeout=1.0):
                if key.fd == output:
                    data = _read(output)
                    if data == b"":  # the worker closed its output; that is its right
                        selector.unregister(output)
                    else:
                        self.log.add(data or b"")
                elif key.fd == self.wakeup:
                    _read(self.wakeup)
                else:
                    selector.unregister(key.fd)  # one order is enough
                    self.obey(_read(key.fd) or b"")
            self.reap()
        survivors = self.bury()
        while data := _read(output):
            self.log.add(data)
        self.log.close()
        self.report(survivors)

    def obey(self, order: bytes) -> None:
        """Do as the harness says; silence means that it is gone."""
        if order.startswith(DUMP):
            os.kill(self.child.pid, signal.SIGUSR1)
            time.sleep(_DUMP_S)
        self.kill()

    def kill(self) -> None:
        """Kill the command; :meth:`bury` then takes the rest of its tree."""
        self.killed = True
        if self.returncode is None:
            os.kill(self.child.pid, signal.SIGKILL)

    def reap(self) -> None:
        """Collect every child that has ended, adopted ones included."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid == self.child.pid:
                self.returncode = os.waitstatus_to_exitcode(status)
                self.ended_ns = time.monotonic_ns()

    def bury(self) -> list[str]:
        """Kill until no process is left; returns what outlived its parent and its grace."""
        deadline = time.monotonic() + (0 if self.killed else _GRACE_S)
        survivors: dict[int, str] = {}
        while children := _descendants():
            if time.monotonic() >= deadline:
                for child in children:
                    survivors.setdefault(child.pid, _name(child))
                    # From the roots down: a parent that is dead cannot start another child.
                    _kill(child)
            self.reap()
            if _read(sys.stdin.fileno()) is not None:
                deadline = 0
            time.sleep(0.005)
        return list(survivors.values())

    def report(self, survivors: list[str]) -> None:
        """Write how it ended, whole or not at all."""
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        content: dict[str, Any] = {
            "spawned_ns": self.spawned_ns,
            "ended_ns": self.ended_ns,
            "returncode": self.returncode,
            "killed": self.killed,
            "survivors": survivors,
            "cpu_user_s": used.ru_utime,
            "cpu_system_s": used.ru_stime,
            "output_bytes": self.log.total,
        }
        aside = self.folder / f".{EXIT}"
        aside.write_text(json.dumps(content))
        os.replace(aside, self.folder / EXIT)


def _read(descriptor: int) -> bytes | None:
    """What can be read now; empty at the end of the stream, None if there is nothing yet."""
    try:
        return os.read(descriptor, 1 << 16)
    except BlockingIOError:
        return None


def _descendants() -> list[psutil.Process]:
    return [p for p in psutil.Process().children(recursive=True) if _alive(p)]


def _alive(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE or process.ppid() == os.getpid())
    except psutil.NoSuchProcess:
        return False


def _name(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())[:200] or str(process.name())
    except psutil.Error:
        return "?"


def _kill(process: psutil.Process) -> None:
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return  # it ended by itself in the meantime, as it should


def _before_exec() -> None:
    """In the child: no core files, and no life without the keeper."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def prctl(option: int, value: int) -> None:
    """Set an attribute of this process, on Linux; elsewhere nothing is adopted."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def main() -> None:
    """Keep the command named after ``--``."""
    folder, command = Path(sys.argv[1]), sys.argv[3:]
    os.set_blocking(sys.stdin.fileno(), False)
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    Keeper(folder, command).keep()


if __name__ == "__main__":
    main()
