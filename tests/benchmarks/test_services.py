"""Benchmarks of starting and stopping services, without the services' own time.

A service here writes the time at which it got ready; the time after that is the harness's. The
column ``extra`` shows how many milliseconds later it was noticed.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from harness.services import Services
from harness.services.ports import answers

#: Listens after a delay that no poll interval divides, and writes the time.
_SERVER = """
import pathlib, socket, sys, time
time.sleep(float(sys.argv[2]))
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
pathlib.Path(sys.argv[3]).write_text(str(time.monotonic_ns()))
while True:
    server.accept()[0].close()
"""
_DELAYS_S = [0.013 * number for number in range(1, 13)]


def test_a_ready_service_is_noticed(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    """Measure from the moment at which it listens until ``start`` returns."""
    late_ms: list[float] = []
    with Services(tmp_path, tmp_path) as services:

        def start() -> None:
            number = len(late_ms)
            port, stamp = services.port(), tmp_path / f"{number}.ready"
            delay = str(_DELAYS_S[number % len(_DELAYS_S)])
            services.start(
                f"server {number}",
                [sys.executable, "-I", "-c", _SERVER, str(port), delay, str(stamp)],
                ready=lambda: answers("127.0.0.1", port),
            )
            late_ms.append((time.monotonic_ns() - int(stamp.read_text())) / 1e6)

        benchmark.pedantic(start, rounds=len(_DELAYS_S))
    benchmark.extra_info["noticed_after_ms"] = {
        "median": sorted(late_ms)[len(late_ms) // 2],
        "largest": max(late_ms),
    }
    assert len(late_ms) >= 1


@pytest.mark.parametrize("count", [1, 8])
def test_services_that_are_ready_at_once_start_and_stop(
    benchmark: BenchmarkFixture, tmp_path: Path, count: int
) -> None:
    """Measure the harness's own share: these services themselves take no time."""

    def start_and_stop() -> None:
        with Services(tmp_path, tmp_path) as services:
            for number in range(count):
                services.start(f"sleep {number}", ["sleep", "3600"], ready=lambda: True)
            assert len(services.pids) == count

    benchmark.pedantic(start_and_stop, rounds=5)
