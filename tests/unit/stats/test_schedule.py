"""Schedules with known answers, and bounds that hold for any graph."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import stats
from tests.unit.stats.graphs import DIAMOND, Graph, chain, fan_out, graphs


def ideal(graph: Graph, workers: int, **durations: float) -> float:
    times = dict.fromkeys(graph, 1.0)
    return stats.ideal_makespan(graph, {**times, **durations}, workers)


def test_no_steps_take_no_time() -> None:
    assert ideal({}, 3) == 0


@pytest.mark.parametrize("workers", [1, 2, 100])
def test_one_step_takes_its_time(workers: int) -> None:
    assert ideal({"a": []}, workers, a=7) == 7


@pytest.mark.parametrize("workers", [1, 2, 8])
def test_a_chain_takes_the_sum_with_any_number_of_workers(workers: int) -> None:
    assert ideal(chain(10), workers) == 10


@pytest.mark.parametrize(
    ("workers", "expected"), [(1, 10), (2, 6), (3, 4), (4, 4), (9, 2), (99, 2)]
)
def test_a_fan_out_of_nine_is_divided_by_its_workers(workers: int, expected: float) -> None:
    assert ideal(fan_out(9), workers) == expected


@pytest.mark.parametrize(("workers", "expected"), [(1, 12), (2, 10)])
def test_a_diamond_waits_for_its_longer_arm(workers: int, expected: float) -> None:
    assert ideal(DIAMOND, workers, b=8, c=2) == expected


def test_a_repeated_upstream_is_awaited_once() -> None:
    assert ideal({"a": [], "b": ["a", "a"]}, 2) == 2


def test_steps_without_duration_take_no_time() -> None:
    assert ideal(DIAMOND, 2, a=0, b=0, c=0, d=0) == 0


def test_independent_steps_of_unequal_length_are_taken_in_their_order() -> None:
    assert ideal({"a": [], "b": [], "c": []}, 2, a=1, b=4, c=2) == 4
    assert ideal({"a": [], "b": [], "c": []}, 2, a=1, b=2, c=4) == 5


def test_the_step_that_became_ready_first_is_taken_first() -> None:
    # d is ready at 1 and e at 2; both wait for the one free worker, and d is first.
    graph = {"a": [], "b": [], "e": ["b"], "d": ["a"], "late": ["d"]}
    assert ideal(graph, 2, a=1, b=2, d=5, e=1, late=1) == 7


def test_steps_ready_at_the_same_time_are_taken_in_topological_order() -> None:
    # a and b end together; of y1, y2 and x the first two go first.
    graph = {"a": [], "b": [], "y1": ["b"], "y2": ["b"], "x": ["a"]}
    assert ideal(graph, 2, x=3) == 5


@given(graphs(), st.integers(1, 5))
def test_no_schedule_beats_its_bounds(given_: tuple[Graph, dict[str, int]], p: int) -> None:
    graph, times = given_
    work = sum(times.values())
    lower = max(stats.longest_path(graph, times), work / p)
    found = stats.ideal_makespan(graph, times, p)
    assert lower <= found <= work
    assert found <= (2 - 1 / p) * lower + 1e-9  # Graham 1966


@given(graphs())
def test_one_worker_does_all_the_work(given_: tuple[Graph, dict[str, int]]) -> None:
    graph, times = given_
    assert stats.ideal_makespan(graph, times, 1) == sum(times.values())


@given(graphs())
def test_enough_workers_leave_the_longest_path(given_: tuple[Graph, dict[str, int]]) -> None:
    graph, times = given_
    assert stats.ideal_makespan(graph, times, len(graph)) == stats.longest_path(graph, times)


def test_a_step_released_at_time_zero_keeps_its_topological_order() -> None:
    # s takes no time: follower and late are both ready at 0, and follower comes first.
    graph = {"s": [], "first": [], "follower": ["s"], "late": []}
    assert ideal(graph, 2, s=0, follower=3, late=1) == 3
    assert ideal(graph, 2, s=0, follower=1, late=3) == 4


def greedy_step_by_step(graph: Graph, times: Mapping[str, float], workers: int) -> float:
    """Return the makespan of the greedy schedule, searching all steps for ready ones each time."""
    ready_at = {step: 0.0 for step, ups in graph.items() if not ups}
    place = {step: i for i, step in enumerate(graph)}
    ends: dict[str, float] = {}
    running: list[tuple[float, str]] = []
    now = 0.0
    while ready_at or running:
        for step in sorted(ready_at, key=lambda s: (ready_at[s], place[s])):
            if len(running) < workers:
                heapq.heappush(running, (now + times[step], step))
                del ready_at[step]
        now = running[0][0]
        while running and running[0][0] == now:
            ends[heapq.heappop(running)[1]] = now
        started = ends.keys() | {step for _, step in running} | ready_at.keys()
        for step, ups in graph.items():
            if step not in started and all(up in ends for up in ups):
                ready_at[step] = now
    return now


@given(graphs(), st.integers(1, 5))
def test_the_schedule_is_the_greedy_one(given_: tuple[Graph, dict[str, int]], p: int) -> None:
    graph, times = given_
    assert stats.ideal_makespan(graph, times, p) == greedy_step_by_step(graph, times, p)


def test_a_schedule_without_workers_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one worker"):
        ideal(DIAMOND, 0)


def test_the_longest_path_takes_the_longer_arm() -> None:
    assert stats.longest_path(DIAMOND, {"a": 1, "b": 8, "c": 2, "d": 1}) == 10
    assert stats.longest_path({}, {}) == 0


def test_the_critical_path_goes_back_to_the_upstream_that_ended_last() -> None:
    start = {"a": 0, "b": 10, "c": 10, "d": 40}
    assert stats.critical_path(DIAMOND, start, {"a": 9, "b": 20, "c": 30, "d": 50}) == [
        *("a", "c", "d")
    ]
    assert stats.critical_path(DIAMOND, start, {"a": 9, "b": 31, "c": 30, "d": 50})[1] == "b"


def test_the_critical_path_ends_with_the_step_that_ended_last() -> None:
    graph = {"a": [], "b": ["a"], "alone": []}
    ends = {"a": 1, "b": 2, "alone": 3}
    assert stats.critical_path(graph, dict.fromkeys(graph, 0), ends) == ["alone"]


def test_the_longer_of_two_steps_that_ended_at_once_is_critical() -> None:
    end = {"a": 1, "b": 5, "c": 5, "d": 6}
    assert stats.critical_path(DIAMOND, {"a": 0, "b": 3, "c": 2, "d": 5}, end)[1] == "c"
    assert stats.critical_path(DIAMOND, {"a": 0, "b": 2, "c": 2, "d": 5}, end)[1] == "b"


def test_the_critical_path_without_steps_is_empty() -> None:
    assert stats.critical_path({}, {}, {}) == []


@given(graphs())
def test_without_waiting_the_critical_path_is_the_longest(
    given_: tuple[Graph, dict[str, int]],
) -> None:
    graph, times = given_
    end: dict[str, int] = {}
    for step, ups in graph.items():
        end[step] = max((end[up] for up in ups), default=0) + times[step]
    start = {step: end[step] - times[step] for step in graph}
    path = stats.critical_path(graph, start, end)
    assert not graph[path[0]]
    assert all(before in graph[after] for before, after in pairwise(path))
    assert sum(times[step] for step in path) == stats.longest_path(graph, times)
