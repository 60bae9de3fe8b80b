"""How long the harness keeps people waiting around services, beside what those take themselves.

A service here tells by the system's clock when it got ready; what comes after is ours. As ``extra``
a table shows, in milliseconds, how late that was noticed.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from harness.services import Services
from harness.services.ports import answers

#: Listens after a while that no poll is in step with, and writes down since when.
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
    """From the moment at which it listens until the caller goes on."""
    late_ms: list[float] = []
    with Services(tmp_path, tmp_path) as services:

        def start() -> None:
            number = len(late_ms)
            port, told = services.port(), tmp_path / f"{number}.ready"
            delay = str(_DELAYS_S[number % len(_DELAYS_S)])
            services.start(
                f"server {number}",
                [sys.executable, "-I", "-c", _SERVER, str(port), delay, str(told)],
                ready=lambda: answers("127.0.0.1", port),
            )
            late_ms.append((time.monotonic_ns() - int(told.read_text())) / 1e6)

        benchmark.pedantic(start, rounds=len(_DELAYS_S))
    benchmark.extra_info["noticed_after_ms"] = {
        "median": sorted(late_ms)[len(late_ms) // 2],
        "largest": max(late_ms),
    }
    assert len(late_ms) >= 1


@pytest.mark.parametrize("count", [1, 8])
def test_start_and_stop_what_is_ready_at_once(
    benchmark: BenchmarkFixture, tmp_path: Path, count: int
) -> None:
    """All that is our own of starting and stopping services: nothing here takes any time."""

    def start_and_stop() -> None:
        with Services(tmp_path, tmp_path) as services:
            for number in range(count):
                services.start(f"sleep {number}", ["sleep", "3600"], ready=lambda: True)
            assert len(services.pids) == count

    benchmark.pedantic(start_and_stop, rounds=5)
