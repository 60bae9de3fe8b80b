"""Schedules computed from the graph and the steps' own times: ideal makespan, critical path."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence

#: Each step's upstreams, in topological order.
Upstreams = Mapping[str, Sequence[str]]


def ideal_makespan(upstreams: Upstreams, duration_ns: Mapping[str, float], workers: int) -> float:
    """Return the makespan, in nanoseconds, of the steps on ``workers`` workers without overhead.

    The schedule is the greedy list schedule (Graham 1966): a free worker takes the step that became
    ready first; ties are broken by topological order. ``upstreams`` maps each step to its upstreams
    and is in topological order; ``duration_ns`` maps each step to its own time. Without steps the
    result is 0. Raises ``ValueError`` if ``workers`` is less than 1, ``KeyError`` if a step has no
    duration.
    """
    if workers < 1:
        raise ValueError(f"a schedule needs at least one worker, not {workers}")
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
        while running and running[0][0] == now:  # all that end now, before a step is chosen
            for follower in followers[heapq.heappop(running)[1]]:
                waiting[follower] -= 1
                if not waiting[follower]:
                    heapq.heappush(ready, (now, follower))
    return now


def longest_path(upstreams: Upstreams, duration_ns: Mapping[str, float]) -> float:
    """Return the largest sum of step times along a path of the graph, in nanoseconds.

    This is the makespan with unlimited workers and no overhead (Kelley and Walker, "Critical-path
    planning and scheduling", 1959). ``upstreams`` is in topological order. Without steps the result
    is 0. Raises ``KeyError`` if a step has no duration.
    """
    ends: dict[str, float] = {}
    for step, ups in upstreams.items():
        ends[step] = max([ends[up] for up in ups], default=0.0) + duration_ns[step]
    return max(ends.values(), default=0.0)


def critical_path(
    upstreams: Upstreams, start_ns: Mapping[str, int], end_ns: Mapping[str, int]
) -> list[str]:
    """Return the critical path of an execution, from a root to the step that ended last.

    The path goes from the step that ended last to its upstream that ended last, and so on. Of steps
    that ended at the same time it takes the one that started first, then the first one in
    ``upstreams``. Waiting for a worker is not followed: a step may have waited for one as well.
    Times are nanoseconds of one clock. Without steps the path is empty. Raises ``KeyError`` if a
    step has no start or end.
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
    """Return the number of upstreams and the followers' indices of each step, by its index."""
    index = {step: i for i, step in enumerate(upstreams)}
    waiting: list[int] = []
    followers: list[list[int]] = [[] for _ in index]
    for i, ups in enumerate(upstreams.values()):
        distinct = set(ups)
        waiting.append(len(distinct))
        for upstream in distinct:
            followers[index[upstream]].append(i)
    return waiting, followers
