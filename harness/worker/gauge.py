"""Reads what a trial's processes use, before and after each phase of a repetition.

Inside the worker; standard library only. It reads outside the phase's own stamps, so that looking
costs the measured phase nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.processes.meter import Meter, TreeUsage
from harness.wire import PhaseUsage


class Gauge:
    """Differences between two readings, the framework's own database included."""

    def __init__(self, scratch: Path, database: str) -> None:
        """``database``: glob of its files below ``scratch``; empty if there is none."""
        self._meter = Meter()
        self._scratch, self._database = scratch, database

    @contextmanager
    def __call__(self, into: dict[str, PhaseUsage], phase: str) -> Iterator[None]:
        """Note under ``phase`` what was used while the block ran, if it ends well."""
        before, size = self._meter.read(), self._size()
        yield
        into[phase] = self._between(before, size)

    def idle(self, seconds: float) -> tuple[PhaseUsage, int | None]:
        """What is used while nothing is asked for, and the memory (PSS) held then, in bytes."""
        before, size = self._meter.read(), self._size()
        time.sleep(seconds)
        return self._between(before, size), self._meter.memory()

    def _between(self, before: TreeUsage, size: int | None) -> PhaseUsage:
        after, grown = self._meter.read(), self._size()
        return PhaseUsage(
            cpu_s=_difference(before.cpu_ns, after.cpu_ns, 1e9),
            written_bytes=_whole(_difference(before.written_bytes, after.written_bytes)),
            processes=after.processes,
            threads=after.threads,
            # One that was not there yet began from nothing.
            database_bytes=None if grown is None else grown - (size or 0),
        )

    def _size(self) -> int | None:
        """Of the engine's database; None where there is none, or one that lies elsewhere."""
        sizes = []
        for path in self._scratch.glob(self._database) if self._database else ():
            try:
                sizes.append(path.stat().st_size)
            except FileNotFoundError:
                continue  # a journal that was folded into its database meanwhile
        return sum(sizes) if sizes else None


def _difference(before: int | None, after: int | None, unit: float = 1.0) -> float | None:
    return None if before is None or after is None else (after - before) / unit


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)
