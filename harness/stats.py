"""What the numbers mean: pure functions of recorded times. Nanoseconds in, nanoseconds out."""

from __future__ import annotations

import heapq
import statistics
from collections.abc import Mapping, Sequence


def median(values: Sequence[float]) -> float:
    """The median; raises ``statistics.StatisticsError`` for no values."""
    return statistics.median(values)


def ideal_makespan(
    upstreams: Mapping[str, Sequence[str]], duration_ns: Mapping[str, float], workers: int
) -> float:
    """Makespan of the same steps on ``workers`` workers without any overhead.

    Greedy list schedule (Graham 1966): whenever a worker is free it takes the ready step that
    became ready first, ties in topological order. ``upstreams`` is in topological order.
    """
    waiting = {step: len(set(ups)) for step, ups in upstreams.items()}
    followers: dict[str, list[str]] = {step: [] for step in upstreams}
    for step, ups in upstreams.items():
        for upstream in set(ups):
            followers[upstream].append(step)
    index = {step: i for i, step in enumerate(upstreams)}
    ready = [(0.0, index[step], step) for step, count in waiting.items() if count == 0]
    heapq.heapify(ready)
    running: list[tuple[float, int, str]] = []
    now = 0.0
    while ready or running:
        while ready and len(running) < workers:
            _, position, step = heapq.heappop(ready)
            heapq.heappush(running, (now + duration_ns[step], position, step))
        now = running[0][0]
        while running and running[0][0] == now:  # all that end at once, before one is chosen
            _, _, step = heapq.heappop(running)
            for follower in followers[step]:
                waiting[follower] -= 1
                if waiting[follower] == 0:
                    heapq.heappush(ready, (now, index[follower], follower))
    return now


def overhead_per_step(makespan_ns: float, ideal_ns: float, steps: int) -> float:
    """(makespan - ideal) / N. Below zero where a framework beats the greedy schedule or noise."""
    return (makespan_ns - ideal_ns) / steps
