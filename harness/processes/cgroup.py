"""A control group of Linux around a child, so that CPU time of all that comes of it is counted.

The kernel adds up there what every process used, whether it still lives, was waited for by somebody
else or by nobody. Neither version of control groups may be there, or be ours to write: then there
is no group, and who asks has to count otherwise. Standard library only.
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

#: By this variable a keeper tells its child in which group it is.
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
    """CPU time that a group has used, in nanoseconds."""

    user_ns: int
    system_ns: int

    @property
    def total_ns(self) -> int:
        """Of both kinds."""
        return self.user_ns + self.system_ns


class Group:
    """A group for one child, made by :func:`make`."""

    def __init__(self, place: Place) -> None:
        """Make a group named after this process. Raises OSError where that cannot be done."""
        self.version = place.version
        self.folder = place.folder / _name_for(os.getpid())
        self.folder.mkdir()
        try:
            cpu_ns(str(self.folder))  # else it counts nothing
            # Opened here, for between fork and exec as little as possible should be done.
            self._procs = os.open(self.folder / _PROCS, os.O_WRONLY | os.O_CLOEXEC)
        except OSError:
            self.folder.rmdir()
            raise

    def join(self) -> bool:
        """Put the calling process into the group; whether that could be done. Takes some ms."""
        try:
            os.write(self._procs, b"0")
        except OSError:
            return False
        return True

    def cpu(self) -> Cpu:
        """What the group has used so far. Raises OSError."""
        total_ns = cpu_ns(str(self.folder))
        if self.version == 1:
            # The total is exact; its parts are counted in ticks, so only their ratio is used.
            data, keys = procfs.slurp(f"{self.folder}/{_V1_SPLIT}"), (b"user", b"system")
        else:
            data, keys = procfs.slurp(f"{self.folder}/{_V2}"), (b"user_usec", b"system_usec")
        user, system = (procfs.value(data, key) or 0 for key in keys)
        system_ns = total_ns * system // (user + system) if system else 0
        return Cpu(total_ns - system_ns, system_ns)

    def remove(self) -> bool:
        """Remove the group, once all in it has ended; False if something keeps it."""
        os.close(self._procs)
        end = time.monotonic() + _REMOVE_S
        while not _remove(self.folder):
            if time.monotonic() > end:
                print(f"keeper: the control group {self.folder} is in use", file=sys.stderr)
                return False
            time.sleep(0.005)
        return True


def make(at: list[Place] | None = None) -> Group | None:
    """A new group in the first place that can be used; None if there is none.

    Groups that dead keepers left there are removed.
    """
    places_ = places() if at is None else at
    sweep(places_)
    for place in places_:
        with contextlib.suppress(OSError):  # not ours to write, or of no use: on to the next
            return Group(place)
    return None


def sweep(at: list[Place] | None = None) -> None:
    """Remove the groups of keepers that were killed. What is still in use stays."""
    for place in places() if at is None else at:
        try:
            names = os.listdir(place.folder)
        except OSError:
            continue  # not to be seen, so nothing of ours
        for name in names:
            match = _NAME.fullmatch(name)
            if match and not _runs(int(match[1]), int(match[2])):
                _remove(place.folder / name)


def places() -> list[Place]:
    """Where this process could make a group, best first; they need not be writable."""
    if not procfs.available():
        return []
    own = procfs.slurp("/proc/self/cgroup").decode(errors="replace")
    mounts = procfs.slurp("/proc/self/mountinfo").decode(errors="replace")
    return parse_places(own, mounts)


def parse_places(own: str, mounts: str) -> list[Place]:
    """The same, from the texts of ``/proc/self/cgroup`` and ``/proc/self/mountinfo``.

    A hierarchy that counts CPU alone (version 1) is preferred: there a group changes nothing
    of how its processes are scheduled, and the count is in nanoseconds.
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
    """CPU time of a group of either version and of all below it. Raises OSError."""
    data = procfs.slurp(f"{folder}/{_V1}")
    if data:
        return int(data)
    used = procfs.value(procfs.slurp(f"{folder}/{_V2}"), b"usage_usec")
    if used is None:
        raise FileNotFoundError(errno.ENOENT, "the group counts no CPU time", folder)
    return used * 1000


def pids(folder: str) -> list[int]:
    """The processes in a group; none if the group is gone."""
    return sorted({int(line) for line in procfs.slurp(f"{folder}/{_PROCS}").split()})


def of_environment() -> str | None:
    """The folder of the group that the keeper put us in; taken out of the environment."""
    folder = os.environ.pop(ENVIRON, None)
    if folder and f"/{Path(folder).name}\n" in procfs.slurp("/proc/self/cgroup").decode():
        return folder
    return None


def _below(mount: str, root: str, path: str) -> Path:
    # In a container the mount may begin further down than the path that the kernel tells.
    relative = os.path.relpath(path, root)
    return Path(mount) if relative.startswith("..") else Path(os.path.normpath(mount), relative)


def _name_for(pid: int) -> str:
    stat = procfs.stat(pid)
    return f"harness-{pid}-{stat.started_ticks if stat else 0}"


def _runs(pid: int, started_ticks: int) -> bool:
    stat = procfs.stat(pid)
    return stat is not None and stat.alive and stat.started_ticks == started_ticks


def _remove(folder: Path) -> bool:
    """Remove a group with those inside it, which are a nested harness's; False if it is in use."""
    try:
        for inner, _, _ in os.walk(folder, topdown=False):
            Path(inner).rmdir()
    except FileNotFoundError:
        return True  # another keeper swept it up
    except OSError:
        return False
    return True
