"""Supervisor: the process between the harness and a worker, which ends the worker's whole tree.

``python -m harness.processes.supervisor FOLDER -- COMMAND…`` runs the command in its own session.
As a child subreaper it adopts every orphaned descendant, in whatever session or process group. The
whole tree is killed when the command ends, when the harness orders it, or when the harness dies
(which closes this process's stdin). The supervisor also drains the command's output into
``output.log``, keeping its head and tail, samples the tree's resources into ``samples.jsonl``, and
writes ``exit.json`` last.
"""

from __future__ import annotations

import contextlib
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

from harness.processes import cgroup, procfs, tree
from harness.processes.bounded_log import Log
from harness.processes.sampler import SAMPLES, Sampler

EXIT = "exit.json"
LOG = "output.log"
KILL = b"k"  #: order from the harness: kill the tree at once
DUMP = b"d"  #: the same, after Python has written its tracebacks

_GRACE_S = 2.0  # for helper processes that end by themselves after the worker
_DUMP_S = 0.3  # to write tracebacks
_PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36


class Supervisor:
    """Parent of one command, responsible for the command's whole process tree."""

    def __init__(self, folder: Path, command: list[str], group: cgroup.Group | None) -> None:
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
        self.sampler = Sampler(folder / SAMPLES)
        self.began_cpu_s = time.process_time()
        self.child, self.spawned_ns, joined = _spawn(command, group)
        self.group = group if joined else None
        self.sampler.watch(
            tree.by_psutil() if self.group is None else tree.by_group(str(self.group.folder))
        )

    def keep(self) -> None:
        """Drain output and obey orders until the command ends; then end its tree and report."""
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
                    if data == b"":  # the worker closed its output, which is allowed
                        selector.unregister(output)
                    else:
                        self.log.add(data or b"")
                elif key.fd == self.wakeup:
                    _read(self.wakeup)
                else:
                    selector.unregister(key.fd)  # every order ends in a kill: one is enough
                    self.obey(_read(key.fd) or b"")
            self.reap()
        survivors = self.bury()
        while data := _read(output):
            self.log.add(data)
        self.log.close()
        self.report(survivors)

    def obey(self, order: bytes) -> None:
        """Execute an order of the harness; an empty one means that the harness has died."""
        if order.startswith(DUMP):
            os.kill(self.child.pid, signal.SIGUSR1)
            time.sleep(_DUMP_S)
        self.kill()

    def kill(self) -> None:
        """Kill the command; :meth:`bury` then kills the rest of its tree."""
        self.killed = True
        if self.returncode is None:
            os.kill(self.child.pid, signal.SIGKILL)

    def reap(self) -> None:
        """Wait for every child that has already ended, adopted ones included."""
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
        """Kill until no process is left; return the commands of those alive after the grace."""
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
        """Write ``exit.json`` atomically."""
        written_bytes = self.written_bytes()
        self.sampler.stop()
        most = self.sampler.most
        content: dict[str, Any] = {
            "spawned_ns": self.spawned_ns,
            "ended_ns": self.ended_ns,
            "returncode": self.returncode,
            "killed": self.killed,
            "survivors": survivors,
            **self.cpu(),
            "peak_pss_bytes": most and most.pss_bytes,
            "memory": most and most.memory,
            "peak_processes": most and most.processes,
            "peak_threads": most and most.threads,
            "written_bytes": written_bytes,
            "output_bytes": self.log.total,
            "sampler_cpu_s": self.sampler.cpu_ns / 1e9,
            "supervisor_cpu_s": time.process_time() - self.began_cpu_s,
        }
        aside = self.folder / f".{EXIT}"
        aside.write_text(json.dumps(content))
        os.replace(aside, self.folder / EXIT)

    def cpu(self) -> dict[str, Any]:
        """Return the tree's CPU time and its source."""
        if self.group is not None:
            with contextlib.suppress(OSError):  # removed from outside: count reaped processes
                used = self.group.cpu()
                return {
                    "source": f"cgroup v{self.group.version}",
                    "cpu_user_s": used.user_ns / 1e9,
                    "cpu_system_s": used.system_ns / 1e9,
                }
        reaped = resource.getrusage(resource.RUSAGE_CHILDREN)
        return {
            "source": "psutil",
            "cpu_user_s": reaped.ru_utime,
            "cpu_system_s": reaped.ru_stime,
        }

    def written_bytes(self) -> int | None:
        """Return the bytes that the tree, now reaped, sent to storage; None if unknown.

        Call it while the sampler runs: the bytes of an ended thread look like a child's.
        """
        if not procfs.available():
            return None
        try:
            return procfs.reaped_written_bytes(os.getpid())
        except PermissionError:
            return None


def _read(descriptor: int) -> bytes | None:
    """Read what is available; empty at the end of the stream, None if nothing has arrived."""
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
        return  # it has ended by itself


def _spawn(
    command: list[str], group: cgroup.Group | None
) -> tuple[subprocess.Popen[bytes], int, bool]:
    """Start the command; return it, its start in monotonic ns, and whether it is in the group."""
    variables = {} if group is None else {cgroup.ENVIRON: str(group.folder)}
    reading, writing = os.pipe()
    try:
        child = subprocess.Popen(
            command,
            env={**os.environ, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=lambda: _before_exec(group, writing),
        )
        spawned_ns, joined = map(int, os.read(reading, 64).split())
    finally:
        os.close(reading)
        os.close(writing)
    return child, spawned_ns, bool(joined)


def _before_exec(group: cgroup.Group | None, report: int) -> None:
    """Prepare the child: no core files, killed if the supervisor dies, counted by the group."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    joined = group is not None and group.join()
    # Stamped after joining, which takes some 10 ms that are not the command's.
    os.write(report, f"{time.monotonic_ns()} {int(joined)}".encode())


def prctl(option: int, value: int) -> None:
    """Set an attribute of this process on Linux; do nothing elsewhere (no orphan is adopted)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def main() -> None:
    """Supervise the command after ``--``."""
    folder, command = Path(sys.argv[1]), sys.argv[3:]
    os.set_blocking(sys.stdin.fileno(), False)
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    group = cgroup.make()
    try:
        Supervisor(folder, command, group).keep()
    finally:
        if group is not None:
            group.remove()


if __name__ == "__main__":
    main()
