"""What the harness itself costs, where it could disturb what it measures or keep people waiting.

No time is asserted, because machines differ; but with HARNESS_TIMED=1 recording a step has to stay
below its limit, since that is inside every measured makespan.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from pytest_benchmark.fixture import BenchmarkFixture

from harness import plan, stats, verify
from harness.model import Plan, Timeouts
from tests.unit.conftest import in_turn
from tests.unit.frameworks import PLAIN, framework
from workloads import patterns
from workloads.codecs import decode, encode
from workloads.record import read_events, recorded

RECORD_LIMIT_S = 15e-6

#: JSON as a step returns it: some hundred numbers and names.
TREE: dict[str, Any] = {
    "metrics": {f"metric_{i}": i / 7 for i in range(100)},
    "rows": [{"id": i, "name": f"row {i}", "flags": [True, None]} for i in range(100)],
}


def test_record_one_step(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    folder = str(tmp_path)

    def record() -> None:
        with recorded(folder, "step"):
            pass

    benchmark(record)
    assert read_events(folder)[0].end_ns is not None
    if os.environ.get("HARNESS_TIMED") == "1" and benchmark.enabled:
        assert benchmark.stats is not None
        assert benchmark.stats.stats.median < RECORD_LIMIT_S


def test_encode_json(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    assert benchmark(encode, TREE, str(tmp_path), "step") == TREE


def test_decode_json(benchmark: BenchmarkFixture) -> None:
    assert benchmark(decode, TREE) == TREE


def test_verify_1000_steps(benchmark: BenchmarkFixture) -> None:
    workload = patterns.fan_in(width=999)
    outputs = {"value_1": 7}
    events = in_turn(workload)
    assert benchmark(verify.problems, workload, events, outputs, outputs, 1000) == []


def test_plan_1000_trials(benchmark: BenchmarkFixture) -> None:
    frameworks = [framework(f"f{i}") for i in range(8)]

    def make() -> Plan:
        return plan.make(
            frameworks,
            PLAIN,
            mode=None,
            workload="chain",
            parameters={},
            workers=4,
            trials=100,
            repetitions=3,
            seed=7,
            timeouts=Timeouts(),
        )

    assert len(benchmark(make).order) == 1000


def test_ideal_makespan_of_10000_steps(benchmark: BenchmarkFixture) -> None:
    layer: dict[str, list[str]] = {f"l0_{i}": [] for i in range(100)}
    deeper = {
        f"l{n}_{i}": [f"l{n - 1}_{(i + k) % 100}" for k in range(3)]
        for n in range(1, 100)
        for i in range(100)
    }
    upstreams = {**layer, **deeper}
    times = {step: 1.0 + i % 7 for i, step in enumerate(upstreams)}
    work = sum(times.values())
    assert work / 4 <= benchmark(stats.ideal_makespan, upstreams, times, 4) <= work


def test_read_10000_events(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    lines: list[dict[str, Any]] = [{"host": "h", "pid": 1}]
    for n in range(10_000):
        lines.append({"n": n, "step": f"s{n}", "thread": 1, "start": 2 * n})
        lines.append({"n": n, "end": 2 * n + 1, "error": None})
    text = "".join(f"{json.dumps(line)}\n" for line in lines)
    (tmp_path / "j.jsonl").write_text(text)
    assert len(benchmark(read_events, tmp_path)) == 10_000
