"""What the numbers mean: schedules with known answers, and bounds on all others."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import stats

Graph = Mapping[str, Sequence[str]]


def ideal(graph: Graph, workers: int, **durations: float) -> float:
    times = dict.fromkeys(graph, 1.0)
    return stats.ideal_makespan(graph, {**times, **durations}, workers)


def chain(length: int) -> Graph:
    return {f"s{i}": [f"s{i - 1}"] if i else [] for i in range(length)}


def fan_out(width: int) -> Graph:
    return {"root": [], **{f"leaf{i}": ["root"] for i in range(width)}}


DIAMOND: Graph = {"a": [], "b": ["a"], "c": ["a"], "d": ["b", "c"]}


def test_the_median_is_of_the_middle() -> None:
    assert stats.median([3, 1, 2]) == 2
    assert stats.median([4, 1, 2, 3]) == 2.5


def test_nothing_has_no_median() -> None:
    with pytest.raises(statistics.StatisticsError):
        stats.median([])


def test_no_steps_take_no_time() -> None:
    assert ideal({}, 3) == 0


@pytest.mark.parametrize("workers", [1, 2, 100])
def test_one_step_takes_its_time(workers: int) -> None:
    assert ideal({"a": []}, workers, a=7) == 7


@pytest.mark.parametrize("workers", [1, 2, 8])
def test_a_chain_takes_the_sum_whoever_helps(workers: int) -> None:
    assert ideal(chain(10), workers) == 10


@pytest.mark.parametrize(
    ("workers", "expected"), [(1, 10), (2, 6), (3, 4), (4, 4), (9, 2), (99, 2)]
)
def test_a_fan_out_of_nine_is_divided_by_its_workers(workers: int, expected: float) -> None:
    assert ideal(fan_out(9), workers) == expected


@pytest.mark.parametrize(("workers", "expected"), [(1, 12), (2, 10)])
def test_a_diamond_waits_for_its_longer_arm(workers: int, expected: float) -> None:
    assert ideal(DIAMOND, workers, b=8, c=2) == expected


def test_an_upstream_that_is_taken_twice_is_waited_for_once() -> None:
    assert ideal({"a": [], "b": ["a", "a"]}, 2) == 2


def test_steps_without_duration_take_no_time() -> None:
    assert ideal(DIAMOND, 2, a=0, b=0, c=0, d=0) == 0


def test_independent_steps_of_unequal_length_are_taken_in_their_order() -> None:
    assert ideal({"a": [], "b": [], "c": []}, 2, a=1, b=4, c=2) == 4
    assert ideal({"a": [], "b": [], "c": []}, 2, a=1, b=2, c=4) == 5


def test_what_became_ready_first_is_taken_first() -> None:
    # d is ready at 1 and e at 2; both wait for the one free worker, and d has its turn.
    graph = {"a": [], "b": [], "e": ["b"], "d": ["a"], "late": ["d"]}
    assert ideal(graph, 2, a=1, b=2, d=5, e=1, late=1) == 7


def test_steps_ready_at_the_same_time_are_taken_in_topological_order() -> None:
    # a and b end together; of y1, y2 and x the first two go first.
    graph = {"a": [], "b": [], "y1": ["b"], "y2": ["b"], "x": ["a"]}
    assert ideal(graph, 2, x=3) == 5


def test_overhead_is_divided_by_the_steps() -> None:
    assert stats.overhead_per_step(1500, 1000, 10) == 50
    assert stats.overhead_per_step(900, 1000, 10) == -10


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Graph, dict[str, float]]:
    graph: dict[str, list[str]] = {}
    for i in range(draw(st.integers(1, 12))):
        known = list(graph)
        some = st.lists(st.sampled_from(known), max_size=3) if known else st.just([])
        graph[f"s{i}"] = draw(some)
    return graph, {step: float(draw(st.integers(0, 20))) for step in graph}


def longest_path(graph: Graph, times: Mapping[str, float]) -> float:
    ends: dict[str, float] = {}
    for step, ups in graph.items():
        ends[step] = max((ends[up] for up in ups), default=0.0) + times[step]
    return max(ends.values())


@given(graphs(), st.integers(1, 5))
def test_no_schedule_beats_its_bounds(given_: tuple[Graph, dict[str, float]], p: int) -> None:
    graph, times = given_
    work = sum(times.values())
    lower = max(longest_path(graph, times), work / p)
    found = stats.ideal_makespan(graph, times, p)
    assert lower <= found <= work
    assert found <= (2 - 1 / p) * lower + 1e-9  # Graham 1966


@given(graphs())
def test_one_worker_does_all_the_work(given_: tuple[Graph, dict[str, float]]) -> None:
    graph, times = given_
    assert stats.ideal_makespan(graph, times, 1) == sum(times.values())


@given(graphs())
def test_enough_workers_leave_the_longest_path(given_: tuple[Graph, dict[str, float]]) -> None:
    graph, times = given_
    assert stats.ideal_makespan(graph, times, len(graph)) == longest_path(graph, times)
