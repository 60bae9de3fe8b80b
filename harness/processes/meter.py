"""Meter of a process tree's resources, read by the worker between the phases of a trial.

Runs inside a framework's environment: standard library only. The tree is every descendant of the
supervisor, which is the worker's parent and adopts every orphan; the supervisor is not included.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from harness.processes import cgroup, procfs


@dataclass(frozen=True)
class TreeUsage:
    """Cumulative CPU time and bytes written; current counts. None: not available here."""

    cpu_ns: int  #: of the whole tree, ended processes included
    written_bytes: int | None  #: sent to storage, in whole pages; see procfs.written_bytes()
    processes: int | None
    threads: int | None


class Meter:
    """Meter of one tree; a reading takes about a millisecond and never raises.

    ``group`` is the folder of the tree's control group; by default the one that the supervisor
    names in the environment, if any. ``root`` is the pid of the supervisor, by default of this
    process's parent. Without a group, CPU time has a resolution of 10 ms for each process, and
    misses children whose parent ignores SIGCHLD.
    """

    def __init__(self, group: str | None = None, root: int | None = None) -> None:
        self.group = cgroup.of_environment() if group is None else group
        self.root = os.getppid() if root is None else root
        self._proc = procfs.available()
        self._tick_ns = 10**9 // os.sysconf("SC_CLK_TCK")
        self._cpu_ns = 0

    def read(self) -> TreeUsage:
        """Return what the tree has used up to now."""
        if not self._proc:
            return TreeUsage(round(sum(os.times()[:4]) * 1e9), None, None, None)
        # Reaped processes first: one that ends during the reading is then missed once rather than
        # counted twice. max() keeps the time from going back.
        reaped, written = procfs.stat(self.root), self._written_by_reaped()
        tree = self._tree()
        self._cpu_ns = max(self._cpu_ns, self._count_cpu_ns(reaped, tree))
        alive = [each for each in tree if each.alive]
        return TreeUsage(
            self._cpu_ns,
            self._written_bytes(written, tree),
            processes=len(alive),
            threads=sum(each.threads for each in alive),
        )

    def memory(self) -> int | None:
        """Return the tree's proportional set size (PSS) in bytes; None if not available here.

        The kernel walks every page table for it: some 100 µs for each process, more for large ones.
        """
        if not self._proc:
            return None
        try:
            sizes = [procfs.pss_bytes(pid) for pid in self.pids()]
        except PermissionError:
            return None  # a partial sum would look like the whole
        known = [size for size in sizes if size is not None]
        return sum(known) if known else None

    def pids(self) -> list[int]:
        """Return the pids of the tree's processes."""
        if self.group is not None and (pids := cgroup.pids(self.group)):
            return pids
        return [each.pid for each in procfs.below(self.root)]

    def _tree(self) -> list[procfs.Stat]:
        if self.group is not None and (pids := cgroup.pids(self.group)):
            return [stat for stat in map(procfs.stat, pids) if stat is not None]
        return procfs.below(self.root)

    def _count_cpu_ns(self, root: procfs.Stat | None, tree: list[procfs.Stat]) -> int:
        if self.group is not None:
            try:
                return cgroup.cpu_ns(self.group)
            except OSError:
                self.group = None  # removed from outside: continue without it
        ticks = root.reaped_ticks if root is not None else 0
        ticks += sum(each.own_ticks + each.reaped_ticks for each in tree)
        return ticks * self._tick_ns

    def _written_by_reaped(self) -> int | None:
        try:
            return procfs.reaped_written_bytes(self.root)
        except PermissionError:
            return None

    def _written_bytes(self, by_reaped: int | None, tree: list[procfs.Stat]) -> int | None:
        if by_reaped is None:
            return None
        try:
            return by_reaped + sum(procfs.written_bytes(each.pid) or 0 for each in tree)
        except PermissionError:
            return None  # a partial sum would look like the whole
