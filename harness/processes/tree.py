"""Measurement of a supervised tree: by its control group, or by psutil without one."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import psutil

from harness.processes import procfs
from harness.processes.meter import Meter
from harness.processes.sampler import KINDS, Measure, Memory, Sample


def by_group(folder: str) -> Measure:
    """Return a function that samples the control group whose supervisor this process is."""
    meter = Meter(folder, os.getpid())

    def measure() -> Sample | None:
        used = meter.read()
        if not used.processes:
            return None
        size, kind = meter.memory(), KINDS[0]
        if size is None:
            size, kind = _memory(psutil.Process().children(recursive=True))
        return Sample(
            ns=time.monotonic_ns(),
            pss_bytes=size,
            memory=kind,
            processes=used.processes,
            threads=used.threads or 0,
            cpu_ns=used.cpu_ns,
            written_bytes=used.written_bytes,
        )

    return measure


def by_psutil() -> Measure:
    """Return a function that samples all descendants of this process with psutil."""
    supervisor = psutil.Process()

    def measure() -> Sample | None:
        # Reaped processes first; see Meter.read().
        reaped_s, written = _reaped_s(supervisor), _written_by_reaped()
        tree = supervisor.children(recursive=True)
        processes = sum(_each(tree, _is_alive))
        if not processes:
            return None
        size, kind = _memory(tree)
        return Sample(
            ns=time.monotonic_ns(),
            pss_bytes=size,
            memory=kind,
            processes=processes,
            threads=sum(_each(tree, lambda p: p.num_threads())),
            cpu_ns=round(1e9 * (reaped_s + sum(_each(tree, _cpu_s)))),
            written_bytes=_written_bytes(written, tree),
        )

    return measure


def _memory(tree: list[psutil.Process]) -> tuple[int | None, Memory]:
    """Return the tree's memory in bytes, and its kind: the most exact one that can be read."""
    for kind in KINDS[:-1]:
        with contextlib.suppress(AttributeError, psutil.AccessDenied):  # try the next kind
            return sum(_each(tree, partial(_size, kind))), kind
    return sum(_each(tree, lambda p: p.memory_info().rss)), KINDS[-1]


def _written_by_reaped() -> int | None:
    try:
        return procfs.reaped_written_bytes(os.getpid()) if procfs.available() else None
    except PermissionError:
        return None


def _written_bytes(by_reaped: int | None, tree: list[psutil.Process]) -> int | None:
    if by_reaped is None:
        return None
    try:
        own: int = sum(_each(tree, lambda p: p.io_counters().write_bytes))
    except psutil.AccessDenied:
        return None  # a partial sum would look like the whole
    return by_reaped + own


def _each(tree: list[psutil.Process], read: Callable[[psutil.Process], Any]) -> list[Any]:
    """Return ``read`` of each process, leaving out processes that have ended."""
    values = []
    for process in tree:
        with contextlib.suppress(psutil.NoSuchProcess):
            values.append(read(process))
    return values


def _size(kind: str, process: psutil.Process) -> int:
    return int(getattr(process.memory_full_info(), kind))


def _is_alive(process: psutil.Process) -> bool:
    return bool(process.status() != psutil.STATUS_ZOMBIE)


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system) + _reaped_s(process)


def _reaped_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(getattr(times, "children_user", 0) + getattr(times, "children_system", 0))
