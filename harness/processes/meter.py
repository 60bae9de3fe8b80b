"""What a process tree has used so far, as the worker reads it between the phases of a trial.

Runs inside a framework's environment: standard library only. The tree is all that came of the
keeper, which is the worker's parent and adopts every orphan; the keeper itself is no part of it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from harness.processes import cgroup, procfs


@dataclass(frozen=True)
class TreeUsage:
    """Cumulative CPU time and bytes written, and how many there are now. None: not to be had."""

    cpu_ns: int  #: of the whole tree, ended processes included
    written_bytes: int | None  #: sent to storage, in whole pages; see procfs.written_bytes()
    processes: int | None
    threads: int | None


class Meter:
    """Reads what a tree has used; a read takes about a millisecond and never raises.

    ``group`` is the folder of the tree's control group, by default the one that the keeper told us
    (taken out of the environment), if any; ``root`` is the keeper, by default our parent. Without a
    group, CPU time has steps of 10 ms for each process, and misses children that their parent told
    the kernel to forget.
    """

    def __init__(self, group: str | None = None, root: int | None = None) -> None:
        self.group = cgroup.of_environment() if group is None else group
        self.root = os.getppid() if root is None else root
        self._proc = procfs.available()
        self._tick_ns = 10**9 // os.sysconf("SC_CLK_TCK")
        self._cpu_ns = 0

    def read(self) -> TreeUsage:
        """What the tree has used up to now."""
        if not self._proc:
            return TreeUsage(round(sum(os.times()[:4]) * 1e9), None, None, None)
        # Reaped ones first: one that ends while we count is missed once rather than counted twice,
        # and time never goes back.
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
        """Proportional set size of the tree now, in bytes; None where the system does not say.

        The kernel walks every page table for it: some 100 µs for each process, more for large ones.
        """
        if not self._proc:
            return None
        try:
            sizes = [procfs.pss_bytes(pid) for pid in self.pids()]
        except PermissionError:
            return None  # a part would pass for the whole
        found = [size for size in sizes if size is not None]
        return sum(found) if found else None

    def pids(self) -> list[int]:
        """The processes of the tree."""
        if self.group is not None and (found := cgroup.pids(self.group)):
            return found
        return [each.pid for each in procfs.below(self.root)]

    def _tree(self) -> list[procfs.Stat]:
        if self.group is not None and (found := cgroup.pids(self.group)):
            return [stat for stat in map(procfs.stat, found) if stat is not None]
        return procfs.below(self.root)

    def _count_cpu_ns(self, root: procfs.Stat | None, tree: list[procfs.Stat]) -> int:
        if self.group is not None:
            try:
                return cgroup.cpu_ns(self.group)
            except OSError:
                self.group = None  # somebody removed it: go on without
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
            return None  # a part would pass for the whole
