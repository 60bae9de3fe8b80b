"""Linux control group around a child: counts the CPU time of the child and all its descendants.

The kernel adds up the time of every process in the group: alive or ended, and waited for or not.
Where neither version of control groups exists or can be written to, there is no group, and the
caller has to count in another way. Standard library only.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from harness.processes import procfs

#: Variable that holds the folder of the group into which the supervisor put its child.
ENVIRON = "HARNESS_CGROUP"

_PROCS = "cgroup.procs"
_V1, _V1_SPLIT, _V2 = "cpuacct.usage", "cpuacct.stat", "cpu.stat"
_NAME = re.compile(r"harness-(\d+)-(\d+)")
_REMOVE_S = 1.0  # an ended process may stay in its group for a moment


@dataclass(frozen=True)
class Place:
    """A folder in which this process could make a group, and the version of its hierarchy."""

    version: int
    folder: Path


@dataclass(frozen=True)
class Cpu:
    """CPU time used by a group, in nanoseconds."""

    user_ns: int
    system_ns: int

    @property
    def total_ns(self) -> int:
        """Return user and system time together."""
        return self.user_ns + self.system_ns


class Group:
    """Control group for one child, made by :func:`make`."""

    def __init__(self, place: Place) -> None:
        """Make a group named after this process. Raises OSError where that is not possible."""
        self.version = place.version
        self.folder = place.folder / _name_for(os.getpid())
        self.folder.mkdir()
        try:
            cpu_ns(str(self.folder))  # raises if the group does not count CPU time
            # Opened here, because little is safe to do between fork and exec.
            self._procs = os.open(self.folder / _PROCS, os.O_WRONLY | os.O_CLOEXEC)
        except OSError:
            self.folder.rmdir()
            raise

    def join(self) -> bool:
        """Put the calling process into the group; return whether that worked. Takes some ms."""
        try:
            os.write(self._procs, b"0")
        except OSError:
            return False
        return True

    def cpu(self) -> Cpu:
        """Return the CPU time that the group has used so far. Raises OSError if it is gone."""
        total_ns = cpu_ns(str(self.folder))
        if self.version == 1:
            # The total is in ns, its parts are in ticks: only the ratio of the parts is used.
            data, keys = procfs.slurp(f"{self.folder}/{_V1_SPLIT}"), (b"user", b"system")
        else:
            data, keys = procfs.slurp(f"{self.folder}/{_V2}"), (b"user_usec", b"system_usec")
        user, system = (procfs.value(data, key) or 0 for key in keys)
        system_ns = total_ns * system // (user + system) if system else 0
        return Cpu(total_ns - system_ns, system_ns)

    def remove(self) -> bool:
        """Remove the group once its processes have ended; return False if it stays in use."""
        os.close(self._procs)
        end = time.monotonic() + _REMOVE_S
        while not _remove(self.folder):
            if time.monotonic() > end:
                print(f"supervisor: control group {self.folder} is in use", file=sys.stderr)
                return False
            time.sleep(0.005)
        return True


def make(at: list[Place] | None = None) -> Group | None:
    """Make a group in the first usable place; return None if no place is usable.

    Groups that dead supervisors left in these places are removed first.
    """
    places_ = places() if at is None else at
    sweep(places_)
    for place in places_:
        with contextlib.suppress(OSError):  # not writable, or does not count: try the next
            return Group(place)
    return None


def sweep(at: list[Place] | None = None) -> None:
    """Remove the groups of supervisors that were killed. Groups still in use stay."""
    for place in places() if at is None else at:
        try:
            names = os.listdir(place.folder)
        except OSError:
            continue  # a folder that cannot be read holds no group of the harness
        for name in names:
            match = _NAME.fullmatch(name)
            if match and not _runs(int(match[1]), int(match[2])):
                _remove(place.folder / name)


def places() -> list[Place]:
    """Return the places for a group of this process, best first; some may not be writable."""
    if not procfs.available():
        return []
    own = procfs.slurp("/proc/self/cgroup").decode(errors="replace")
    mounts = procfs.slurp("/proc/self/mountinfo").decode(errors="replace")
    return parse_places(own, mounts)


def parse_places(own: str, mounts: str) -> list[Place]:
    """Return the places that ``/proc/self/cgroup`` (own) and ``/proc/self/mountinfo`` describe.

    Version 1 comes first: a hierarchy that only counts CPU time does not change how processes are
    scheduled, and counts in nanoseconds.
    """
    paths: dict[int, str] = {}
    for line in own.splitlines():
        number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if "cpuacct" in controllers.split(","):
            paths[1] = path
        elif number == "0" and not controllers:
            paths[2] = path
    found = {}
    for line in mounts.splitlines():
        left, _, right = line.partition(" - ")
        fields, (kind, _, options) = left.split(), (*right.split(" ", 2), "", "", "")[:3]
        version = 1 if kind == "cgroup" and "cpuacct" in options.split(",") else 0
        version = 2 if kind == "cgroup2" else version
        if version in paths and version not in found:
            found[version] = Place(version, _below(fields[4], fields[3], paths[version]))
    return [found[version] for version in sorted(found)]


def cpu_ns(folder: str) -> int:
    """Return the CPU time in ns of a group (of either version) and its subgroups.

    Raises OSError if the group is gone or does not count CPU time.
    """
    data = procfs.slurp(f"{folder}/{_V1}")
    if data:
        return int(data)
    used = procfs.value(procfs.slurp(f"{folder}/{_V2}"), b"usage_usec")
    if used is None:
        raise FileNotFoundError(errno.ENOENT, "the group counts no CPU time", folder)
    return used * 1000


def pids(folder: str) -> list[int]:
    """Return the sorted pids of the processes in a group; empty if the group is gone."""
    return sorted({int(line) for line in procfs.slurp(f"{folder}/{_PROCS}").split()})


def of_environment() -> str | None:
    """Return the folder of this process's group, and remove its variable from the environment.

    None if the supervisor named no group, or one that this process is not in.
    """
    folder = os.environ.pop(ENVIRON, None)
    if folder and f"/{Path(folder).name}\n" in procfs.slurp("/proc/self/cgroup").decode():
        return folder
    return None


def _below(mount: str, root: str, path: str) -> Path:
    # In a container the mount's root may lie below the path that the kernel reports.
    relative = os.path.relpath(path, root)
    return Path(mount) if relative.startswith("..") else Path(os.path.normpath(mount), relative)


def _name_for(pid: int) -> str:
    stat = procfs.stat(pid)
    return f"harness-{pid}-{stat.started_ticks if stat else 0}"


def _runs(pid: int, started_ticks: int) -> bool:
    stat = procfs.stat(pid)
    return stat is not None and stat.alive and stat.started_ticks == started_ticks


def _remove(folder: Path) -> bool:
    """Remove a group and its subgroups (of a nested harness); return False if it is in use."""
    try:
        for inner, _, _ in os.walk(folder, topdown=False):
            Path(inner).rmdir()
    except FileNotFoundError:
        return True  # another supervisor removed it
    except OSError:
        return False
    return True
