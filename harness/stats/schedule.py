"""Times that follow from the graph and the steps' own times alone."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence

#: Each step's upstreams, in topological order.
Upstreams = Mapping[str, Sequence[str]]


def ideal_makespan(upstreams: Upstreams, duration_ns: Mapping[str, float], workers: int) -> float:
    """Makespan of the same steps on ``workers`` workers without any overhead.

    Greedy list schedule (Graham 1966): whenever a worker is free it takes the ready step that
    became ready first, ties in topological order. ``upstreams`` is in topological order. Raises
    ``ValueError`` for less than one worker.
    """
    if workers < 1:
        raise ValueError(f"a schedule needs a worker, not {workers}")
    waiting, followers = _numbered(upstreams)
    duration = [duration_ns[step] for step in upstreams]
    ready = [(0.0, step) for step, count in enumerate(waiting) if not count]
    running: list[tuple[float, int]] = []
    now = 0.0
    while ready or running:
        while ready and len(running) < workers:
            _, step = heapq.heappop(ready)
            heapq.heappush(running, (now + duration[step], step))
        now = running[0][0]
        while running and running[0][0] == now:  # all that end at once, before one is chosen
            for follower in followers[heapq.heappop(running)[1]]:
                waiting[follower] -= 1
                if not waiting[follower]:
                    heapq.heappush(ready, (now, follower))
    return now


def longest_path(upstreams: Upstreams, duration_ns: Mapping[str, float]) -> float:
    """The largest sum of step times along the graph: the makespan with unlimited workers."""
    ends: dict[str, float] = {}
    for step, ups in upstreams.items():
        ends[step] = max([ends[up] for up in ups], default=0.0) + duration_ns[step]
    return max(ends.values(), default=0.0)


def critical_path(
    upstreams: Upstreams, start_ns: Mapping[str, int], end_ns: Mapping[str, int]
) -> list[str]:
    """The steps that the last one waited for, as they ran, from a root to the end.

    From the step that ended last, back to the upstream of it that ended last, and so on. Where
    several ended at once it is the one that started first, then the one that ``upstreams`` has
    first. A step may also have waited for a worker: that is not followed.
    """
    index = {step: i for i, step in enumerate(upstreams)}

    def lateness(step: str) -> tuple[int, int, int]:
        return end_ns[step], -start_ns[step], -index[step]

    path: list[str] = []
    step = max(upstreams, key=lateness, default=None)
    while step is not None:
        path.append(step)
        step = max(upstreams[step], key=lateness, default=None)
    return path[::-1]


def _numbered(upstreams: Upstreams) -> tuple[list[int], list[list[int]]]:
    """For each step by its place: how many upstreams it awaits, and its followers' places."""
    index = {step: i for i, step in enumerate(upstreams)}
    waiting: list[int] = []
    followers: list[list[int]] = [[] for _ in index]
    for i, ups in enumerate(upstreams.values()):
        distinct = set(ups)
        waiting.append(len(distinct))
        for upstream in distinct:
            followers[index[upstream]].append(i)
    return waiting, followers
