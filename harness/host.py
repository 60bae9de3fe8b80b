"""The machine and the project's own state, as a run records them."""

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
_BLOCK = bytes(range(256)) * 1024  # 256 KB: in the cache, so that it is the core which is measured


def describe() -> Host:
    """This machine."""
    return Host(
        system=f"{platform.system()} {platform.release()}",
        machine=platform.machine(),
        processor=_processor(),
        cores=cores(),
        memory_bytes=psutil.virtual_memory().total,
        python=platform.python_version(),
    )


def cores() -> int:
    """Cores that this process may use."""
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
    """Do the work ten times: some 150 ms in all on a core of today."""
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
    """CPU seconds stolen since boot, by /proc/stat; None where that does not exist."""
    try:
        fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()
        return int(fields[8]) / os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError, ValueError):
        return None
