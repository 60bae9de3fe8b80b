"""Benchmarks of the harness's own code that runs inside measurements or keeps users waiting.

Times are not asserted, because machines differ; but with HARNESS_TIMED=1 recording a step has to
stay below its limit, since it is part of every measured makespan.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from harness import stats
from harness.analysis.timeline import timeline
from harness.execution import verify
from harness.model import Plan, Timeouts, WorkloadSpec
from harness.planning import plan
from harness.planning.profile import ExperimentSpec
from harness.planning.suite import PlannedExperiment, Suite
from harness.results.journal import read_events
from tests.unit.made_events import in_turn
from tests.unit.made_frameworks import PLAIN, framework
from workloads import patterns
from workloads.codecs import decode, encode
from workloads.dag import Workload
from workloads.record import recorded

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


def test_encode_a_table(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    table = pd.DataFrame({f"c{i}": [j / 7 for j in range(10_000)] for i in range(10)})
    encoded = benchmark(encode, table, str(tmp_path), "step")
    assert decode(encoded).equals(table)


def test_decode_json(benchmark: BenchmarkFixture) -> None:
    assert benchmark(decode, TREE) == TREE


@pytest.mark.parametrize("steps", [1000, 100_000])
def test_verify(benchmark: BenchmarkFixture, steps: int) -> None:
    workload = patterns.fan_in(width=steps - 1)
    outputs = {"value_1": 7}
    events = in_turn(workload)
    assert benchmark(verify.problems, workload, events, outputs, outputs, steps) == []


def test_load_a_workload_of_10000_steps(benchmark: BenchmarkFixture) -> None:
    data = patterns.layered(layers=100, width=100).to_json()
    assert len(benchmark(Workload.from_json, data).steps) == len(data["steps"])


def test_plan_1000_trials(benchmark: BenchmarkFixture) -> None:
    frameworks = [framework(f"f{i}") for i in range(8)]
    experiment = PlannedExperiment(
        "chain", ExperimentSpec("workload", "", "chain"), ["chain"], control=False
    )
    settings = plan.Settings(
        profile="",
        mode=None,
        workers=4,
        trials=100,
        repetitions=3,
        idle_s=0.0,
        seed=7,
        timeouts=Timeouts(),
    )

    def make() -> Plan:
        return plan.make(
            frameworks,
            {"plain": PLAIN, **{each.name: each for each in frameworks}},
            Suite(
                [experiment],
                {"chain": patterns.chain(10)},
                {"chain": WorkloadSpec("chain", {}, 10)},
            ),
            settings,
            sweeps={},
            costs={},
            injected={},
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


@pytest.mark.parametrize("count", [10_000, 100_000])
def test_read_events(benchmark: BenchmarkFixture, tmp_path: Path, count: int) -> None:
    lines: list[dict[str, Any]] = [{"host": "h", "pid": 1}]
    for n in range(count):
        lines.append({"n": n, "step": f"s{n}", "thread": 1, "start": 2 * n})
        lines.append({"n": n, "end": 2 * n + 1, "error": None})
    (tmp_path / "j.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    assert len(benchmark(read_events, tmp_path)) == count


def test_timeline_of_10000_steps(benchmark: BenchmarkFixture) -> None:
    workload = patterns.layered(layers=100, width=100)
    events = in_turn(workload)
    assert len(benchmark(timeline, workload, events, 0).bars) == len(workload.steps)
