"""How quiet the host is: a fixed piece of work, timed before, between and after the trials."""

from __future__ import annotations

import os
import time
import zlib
from pathlib import Path

from harness.model import Spin

_TIMES = 10
_ROUNDS = 40
_BLOCK = bytes(range(256)) * 1024  # 256 KB: in the cache, so that it is the core which is measured


def spin() -> Spin:
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
