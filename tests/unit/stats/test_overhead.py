"""Overheads, efficiency and scaling of runs with known costs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import stats
from tests.unit.stats.graphs import DIAMOND, chain

MS = 1_000_000


def test_overhead_is_divided_by_the_steps() -> None:
    assert stats.overhead_per_step(1500, 1000, 10) == 50
    assert stats.overhead_per_step(900, 1000, 10) == -10


@pytest.mark.parametrize("cost_ms", [1, 10, 100])
@pytest.mark.parametrize("workers", [1, 4])
def test_an_injected_cost_is_found(cost_ms: int, workers: int) -> None:
    steps, step_ns, cost = 40, 20 * MS, cost_ms * MS
    times = {step: float(step_ns) for step in chain(steps)}
    ideal = stats.ideal_makespan(chain(steps), times, workers)
    assert stats.overhead_per_step(steps * (step_ns + cost), ideal, steps) == cost
    waves = steps // workers
    parallel = waves * (step_ns + cost)
    assert stats.worker_seconds_overhead(parallel, workers, steps, step_ns) == cost
    assert stats.efficiency(steps, step_ns, workers, parallel) == step_ns / (step_ns + cost)


def test_run_overhead_is_the_makespan_beyond_the_longest_path() -> None:
    longest = stats.longest_path(DIAMOND, {"a": 1, "b": 8, "c": 2, "d": 1})
    assert stats.run_overhead(13, longest) == 3


def test_ideal_scaling_is_one() -> None:
    assert stats.strong_scaling({1: 80, 2: 40, 8: 10}) == {1: 1, 2: 1, 8: 1}
    assert stats.weak_scaling({1: 80, 2: 80, 8: 80}) == {1: 1, 2: 1, 8: 1}


def test_efficiency_falls_with_the_workers_if_time_does_not() -> None:
    assert stats.strong_scaling({8: 80, 2: 80}) == {2: 1, 8: 0.25}
    assert stats.weak_scaling({2: 80, 8: 320}) == {2: 1, 8: 0.25}


def test_scaling_of_no_times_is_empty() -> None:
    assert stats.strong_scaling({}) == stats.weak_scaling({}) == {}


@given(st.dictionaries(st.integers(1, 64), st.floats(1e-3, 1e9), min_size=1))
def test_strong_and_weak_scaling_differ_by_the_number_of_workers(times: dict[int, float]) -> None:
    strong, weak = stats.strong_scaling(times), stats.weak_scaling(times)
    assert list(strong) == sorted(times)
    for p in times:
        assert strong[p] * p == pytest.approx(weak[p] * min(times))
