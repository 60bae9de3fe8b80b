"""Journal of a trial's phases: each edge is stamped as it happens."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Phases:
    """Journal of the start and end of each phase, which the harness reads as it grows."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC)
        self.last = "import"
        self._seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, name: str, run_id: str = "") -> Iterator[None]:
        """Write the start and the end of a phase around a block."""
        self.last = name
        start_ns = time.monotonic_ns()
        self.stamp(name, run_id, "start", start_ns)
        try:
            yield
        finally:
            end_ns = time.monotonic_ns()
            self.stamp(name, run_id, "end", end_ns)
            self._seconds[name] = (end_ns - start_ns) / 1e9

    def seconds(self, name: str) -> float:
        """Return the seconds that the last phase of that name took."""
        return self._seconds[name]

    def stamp(self, name: str, run_id: str, edge: str, stamp_ns: int) -> None:
        """Append one edge (``start`` or ``end``) of a phase, in ns of CLOCK_MONOTONIC."""
        line = json.dumps({"phase": name, "run_id": run_id, "edge": edge, "ns": stamp_ns})
        os.write(self._descriptor, f"{line}\n".encode())
