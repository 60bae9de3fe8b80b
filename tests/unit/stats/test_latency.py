"""Scheduling latency: steps that count, percentiles and slope."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import stats
from tests.unit.stats.graphs import DIAMOND, Graph, chain, fan_out


def serial(graph: Graph, waits: list[int], step_ns: int = 50) -> tuple[dict[str, int], ...]:
    """Return starts and ends of steps that run one after the other, each after its wait."""
    start: dict[str, int] = {}
    end: dict[str, int] = {}
    now = 1000
    for step, wait in zip(graph, waits, strict=True):
        start[step] = now + wait
        end[step] = now = start[step] + step_ns
    return start, end


def test_every_step_of_a_chain_counts() -> None:
    start, end = serial(chain(5), [10, 20, 30, 40, 500])
    found = stats.latencies(chain(5), start, end, 1000, 1)
    assert (found.steps, found.counted, found.p50_ns) == (5, 5, 30)
    assert found.p95_ns == pytest.approx(40 + 0.8 * 460)
    assert found.p99_ns == pytest.approx(40 + 0.96 * 460)


def test_roots_are_ready_when_the_run_is_submitted() -> None:
    start, end = {"a": 130}, {"a": 140}
    assert stats.uncontended({"a": []}, start, end, 100, 1) == {"a": 30}


def test_a_step_that_waits_for_a_worker_does_not_count() -> None:
    graph = fan_out(2)
    start = {"root": 5, "leaf0": 20, "leaf1": 31}
    end = {"root": 10, "leaf0": 30, "leaf1": 40}
    assert stats.uncontended(graph, start, end, 0, 1) == {"root": 5}
    assert stats.uncontended(graph, start, end, 0, 2) == {"root": 5, "leaf0": 10, "leaf1": 21}


def test_a_worker_that_is_busy_is_not_free() -> None:
    # b becomes ready at 10, while long occupies one of the workers until 50.
    graph = {"long": [], "a": [], "b": ["a"]}
    start, end = {"long": 0, "a": 0, "b": 12}, {"long": 50, "a": 10, "b": 20}
    assert stats.uncontended(graph, start, end, 0, 2) == {"long": 0, "a": 0, "b": 2}
    assert "b" not in stats.uncontended(graph, start, end, 0, 1)


def test_a_worker_is_free_from_the_end_of_its_step() -> None:
    start, end = {"a": 0, "b": 11, "c": 12, "d": 31}, {"a": 10, "b": 30, "c": 30, "d": 40}
    assert stats.uncontended(DIAMOND, start, end, 0, 2) == {"a": 0, "b": 1, "c": 2, "d": 1}


def test_latencies_are_none_if_no_step_counts() -> None:
    start, end = {"a": 1, "b": 11}, {"a": 10, "b": 20}
    found = stats.latencies({"a": [], "b": []}, start, end, 0, 1)
    assert (found.counted, found.p50_ns, found.p99_ns, found.slope_ns_per_step) == (0, *[None] * 3)


def test_four_steps_have_no_slope() -> None:
    start, end = serial(chain(4), [1, 2, 3, 4])
    found = stats.latencies(chain(4), start, end, 1000, 1)
    assert (found.counted, found.slope_ns_per_step, found.slope_low) == (4, None, None)


@pytest.mark.parametrize("steps", [5, 400, 501, 3000])
def test_a_latency_that_grows_with_every_step_has_that_slope(steps: int) -> None:
    start, end = serial(chain(steps), [100 + 7 * i for i in range(steps)])
    found = stats.latencies(chain(steps), start, end, 1000, 1)
    assert found.slope_ns_per_step == pytest.approx(7)
    assert found.slope_low == pytest.approx(7)
    assert found.slope_high == pytest.approx(7)


def test_a_few_slow_steps_at_the_end_do_not_make_a_slope() -> None:
    noise = random.Random(5)
    waits = [100 + noise.randrange(20) for _ in range(300)]
    waits[-5:] = [100_000] * 5
    found = stats.latencies(chain(300), *serial(chain(300), waits), 1000, 1)
    assert found.slope_low is not None
    assert found.slope_high is not None
    assert found.slope_low <= 0 <= found.slope_high
    assert found.slope_high < 0.1


@pytest.mark.parametrize("seed", range(4))
def test_a_slope_under_noise_lies_in_its_interval(seed: int) -> None:
    noise = random.Random(seed)
    waits = [round(1000 + 2 * i + noise.lognormvariate(5, 1)) for i in range(1500)]
    found = stats.latencies(chain(1500), *serial(chain(1500), waits), 1000, 1)
    assert found.slope_low is not None
    assert found.slope_high is not None
    assert found.slope_low <= 2 <= found.slope_high
    assert found.slope_high - found.slope_low < 0.2


@st.composite
def runs(draw: st.DrawFn) -> tuple[Graph, dict[str, int], dict[str, int]]:
    """Draw a random graph with starts and ends, on any number of workers."""
    graph: dict[str, list[str]] = {}
    start: dict[str, int] = {}
    end: dict[str, int] = {}
    for i in range(draw(st.integers(1, 10))):
        ups = draw(st.lists(st.sampled_from(list(graph)), max_size=2)) if graph else []
        step = f"s{i}"
        graph[step] = ups
        start[step] = max((end[up] for up in ups), default=0) + draw(st.integers(0, 5))
        end[step] = start[step] + draw(st.integers(0, 9))
    return graph, start, end


@given(runs(), st.integers(1, 4))
def test_the_counted_steps_match_a_count_step_by_step(
    ran: tuple[Graph, dict[str, int], dict[str, int]], workers: int
) -> None:
    graph, start, end = ran
    ready = {step: max((end[up] for up in ups), default=0) for step, ups in graph.items()}
    expected = {
        step: start[step] - ready[step]
        for step in graph
        if sum(ready[o] <= ready[step] < end[o] for o in graph) <= workers
    }
    found = stats.uncontended(graph, start, end, 0, workers)
    assert found == expected
    starts = [start[step] for step in found]
    assert starts == sorted(starts)
