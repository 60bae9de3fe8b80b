"""What Linux says of a process under ``/proc``, read cheaply. Standard library only.

A process may end between any two reads: then there is nothing to read, and that is no error.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_CHUNK = 1 << 16


@dataclass(frozen=True)
class Stat:
    """One process as ``/proc/PID/stat`` has it; times are ticks of ``SC_CLK_TCK``."""

    pid: int
    state: str
    parent: int
    own_ticks: int  #: user and system time of its threads, ended ones included
    reaped_ticks: int  #: the same of its children that it has waited for, and of theirs
    threads: int
    started_ticks: int  #: since boot; with the pid it names a process for good

    @property
    def alive(self) -> bool:
        """Whether it can still do something: neither a zombie nor dead."""
        return self.state not in "ZXx"


def available() -> bool:
    """Whether this system has a ``/proc`` of Linux's kind."""
    return Path("/proc/self/stat").exists()


def slurp(path: str) -> bytes:
    """A file's content; empty if the process has ended. Raises PermissionError."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except (FileNotFoundError, ProcessLookupError):
        return b""
    try:
        data = b""
        while chunk := os.read(descriptor, _CHUNK):
            data += chunk
        return data
    except ProcessLookupError:
        return b""
    finally:
        os.close(descriptor)


def parse_stat(data: bytes) -> Stat:
    """Read a line of ``/proc/PID/stat``. A command's name may hold anything, brackets included."""
    head, _, tail = data.rpartition(b")")
    fields = tail.split()
    own, reaped = fields[11:13], fields[13:15]
    return Stat(
        pid=int(head.partition(b" ")[0]),
        state=fields[0].decode(),
        parent=int(fields[1]),
        own_ticks=sum(map(int, own)),
        reaped_ticks=sum(map(int, reaped)),
        threads=int(fields[17]),
        started_ticks=int(fields[19]),
    )


def stat(pid: int) -> Stat | None:
    """One process; None if there is none."""
    data = slurp(f"/proc/{pid}/stat")
    return parse_stat(data) if data else None


def stats() -> dict[int, Stat]:
    """Every process that can be seen, by its pid."""
    found = (stat(int(name)) for name in os.listdir("/proc") if name.isdigit())
    return {each.pid: each for each in found if each is not None}


def below(root: int) -> list[Stat]:
    """All descendants of ``root``, without itself."""
    children: dict[int, list[Stat]] = {}
    for each in stats().values():
        children.setdefault(each.parent, []).append(each)
    found, places = [], [root]
    while places:
        family = children.get(places.pop(), [])
        found += family
        places += [each.pid for each in family]
    return found


def value(data: bytes, key: bytes) -> int | None:
    """The number behind ``key`` in lines of keys and numbers."""
    for line in data.splitlines():
        fields = line.split()
        if len(fields) > 1 and fields[0] == key:
            return int(fields[1])
    return None


def written_bytes(pid: int) -> int | None:
    """Bytes that a process and those it waited for had sent to storage, in whole pages.

    What goes to pipes, sockets and memory file systems is none of it; what was overwritten before
    it reached the disk counts once. None if it has ended. Raises PermissionError.
    """
    return value(slurp(f"/proc/{pid}/io"), b"write_bytes:")


def reaped_written_bytes(pid: int) -> int | None:
    """The same of only those that ``pid`` has waited for: its own threads taken off."""
    whole = written_bytes(pid)
    if whole is None:
        return None
    try:
        tasks = os.listdir(f"/proc/{pid}/task")
    except FileNotFoundError:
        return None  # it has ended
    own = [value(slurp(f"/proc/{pid}/task/{task}/io"), b"write_bytes:") or 0 for task in tasks]
    return max(whole - sum(own), 0)


def pss_bytes(pid: int) -> int | None:
    """Proportional set size; None if it has ended or the kernel does not say.

    Raises PermissionError.
    """
    kilobytes = value(slurp(f"/proc/{pid}/smaps_rollup"), b"Pss:")
    return None if kilobytes is None else kilobytes * 1024
