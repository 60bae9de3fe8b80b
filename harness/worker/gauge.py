"""Resource usage of a trial's processes during each phase of a repetition.

Inside the worker; standard library only. Readings lie outside the phase's time stamps, so that they
cost the measured phase nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.processes.meter import Meter, TreeUsage
from harness.wire import PhaseUsage


class Gauge:
    """Meter that takes differences between readings, the framework's own database included."""

    def __init__(self, scratch: Path, database: str) -> None:
        """Set up; ``database`` is a glob of its files below ``scratch``, or empty without one."""
        self._meter = Meter()
        self._scratch, self._database = scratch, database

    @contextmanager
    def __call__(self, into: dict[str, PhaseUsage], phase: str) -> Iterator[None]:
        """Store in ``into[phase]`` the usage while the block ran, unless the block raises."""
        before, size = self._meter.read(), self._size()
        yield
        into[phase] = self._between(before, size)

    def idle(self, seconds: float) -> tuple[PhaseUsage, int | None]:
        """Wait ``seconds``; return the usage in that time, and the memory (PSS) held, in bytes."""
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
            # A database that did not exist before had size 0.
            database_bytes=None if grown is None else grown - (size or 0),
        )

    def _size(self) -> int | None:
        """Return the size of the engine's database in bytes; None if it has no files here."""
        sizes = []
        for path in self._scratch.glob(self._database) if self._database else ():
            try:
                sizes.append(path.stat().st_size)
            except FileNotFoundError:
                continue  # such as a write-ahead log, merged into its database meanwhile
        return sum(sizes) if sizes else None


def _difference(before: int | None, after: int | None, unit: float = 1.0) -> float | None:
    return None if before is None or after is None else (after - before) / unit


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)
