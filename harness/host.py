"""Host: the machine's properties and its noise, as a run records them."""

from __future__ import annotations

import os
import platform
import time
import zlib
from pathlib import Path

import psutil

from harness.model import Host, Spin

_TIMES = 10
_ROUNDS = 40
_BLOCK = bytes(range(256)) * 1024  # 256 KiB: fits the cache, so that the core is measured


def describe() -> Host:
    """Return the properties of this machine."""
    return Host(
        system=f"{platform.system()} {platform.release()}",
        machine=platform.machine(),
        processor=_processor(),
        cores=cores(),
        memory_bytes=psutil.virtual_memory().total,
        python=platform.python_version(),
    )


def cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown"


def measure_noise() -> Spin:
    """Time the same work ten times, some 150 ms in all; return the times in ns, load and steal.

    On a quiet machine the ten times are nearly equal.
    """
    wall_ns = []
    for _ in range(_TIMES):
        began = time.perf_counter_ns()
        for _ in range(_ROUNDS):
            zlib.adler32(_BLOCK)
            zlib.crc32(_BLOCK)
        wall_ns.append(time.perf_counter_ns() - began)
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return Spin(wall_ns, load, _stolen_s())


def _stolen_s() -> float | None:
    """Return the CPU seconds stolen by the hypervisor since boot; None without /proc/stat."""
    try:
        fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()
        return int(fields[8]) / os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError, ValueError):
        return None
