"""Process information from Linux's ``/proc``, read cheaply. Standard library only.

A process may end between any two reads: the result is then empty or None, and not an error.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_CHUNK = 1 << 16


@dataclass(frozen=True)
class Stat:
    """One process as in ``/proc/PID/stat``; times are in ticks of ``SC_CLK_TCK``."""

    pid: int
    state: str
    parent: int
    own_ticks: int  #: user and system time of its threads, ended ones included
    reaped_ticks: int  #: the same of descendants that were waited for
    threads: int
    started_ticks: int  #: since boot; with the pid it identifies a process uniquely

    @property
    def alive(self) -> bool:
        """Return whether it can still run: it is not a zombie and not dead."""
        return self.state not in "ZXx"


def available() -> bool:
    """Return whether this system has Linux's ``/proc``."""
    return Path("/proc/self/stat").exists()


def slurp(path: str) -> bytes:
    """Return a file's content; empty if the process has ended. Raises PermissionError."""
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
    """Parse ``/proc/PID/stat``. The command's name may hold any character, even brackets."""
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
    """Return one process; None if it does not exist."""
    data = slurp(f"/proc/{pid}/stat")
    return parse_stat(data) if data else None


def stats() -> dict[int, Stat]:
    """Return all visible processes by pid."""
    found = (stat(int(name)) for name in os.listdir("/proc") if name.isdigit())
    return {each.pid: each for each in found if each is not None}


def below(root: int) -> list[Stat]:
    """Return all descendants of the process ``root``, without itself."""
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
    """Return the number after ``key`` in lines of keys and numbers; None if it is missing."""
    for line in data.splitlines():
        fields = line.split()
        if len(fields) > 1 and fields[0] == key:
            return int(fields[1])
    return None


def written_bytes(pid: int) -> int | None:
    """Return the bytes sent to storage by a process and its reaped children, in whole pages.

    Pipes, sockets and memory file systems do not count; data overwritten before it reached the
    disk counts once. None if the process has ended. Raises PermissionError.
    """
    return value(slurp(f"/proc/{pid}/io"), b"write_bytes:")


def reaped_written_bytes(pid: int) -> int | None:
    """Return :func:`written_bytes` of the reaped children alone, without ``pid``'s own threads."""
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
    """Return the proportional set size (PSS) in bytes.

    None if the process has ended or the kernel does not report it. Raises PermissionError.
    """
    kilobytes = value(slurp(f"/proc/{pid}/smaps_rollup"), b"Pss:")
    return None if kilobytes is None else kilobytes * 1024
