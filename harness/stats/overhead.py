"""Overhead of a framework beyond the steps' own time, efficiency, and scaling."""

from __future__ import annotations

from collections.abc import Mapping


def overhead_per_step(makespan_ns: float, ideal_ns: float, steps: int) -> float:
    """Return (makespan - ideal) / N in nanoseconds per step.

    ``ideal_ns`` is :func:`ideal_makespan`, the greedy schedule of Graham (1966). The result is
    negative if a framework schedules better than that, or because of noise. Raises
    ``ZeroDivisionError`` if ``steps`` is 0.
    """
    return (makespan_ns - ideal_ns) / steps


def worker_seconds_overhead(makespan_ns: float, workers: int, steps: int, step_ns: float) -> float:
    """Return T * P / N - d: worker nanoseconds per step beyond the step's own ``step_ns``.

    T * P / N is the granularity of Task Bench (Slaughter et al., SC'20). The result includes the
    time of workers that the graph itself leaves idle. Raises ``ZeroDivisionError`` if ``steps`` is
    0.
    """
    return makespan_ns * workers / steps - step_ns


def run_overhead(makespan_ns: float, longest_path_ns: float) -> float:
    """Return T - longest path in nanoseconds.

    The longest path is the makespan with unlimited workers and no overhead (Kelley and Walker,
    "Critical-path planning and scheduling", 1959), so no number of workers removes this difference.
    """
    return makespan_ns - longest_path_ns


def efficiency(steps: int, step_ns: float, workers: int, makespan_ns: float) -> float:
    """Return N * d / (P * T): the share of the workers' time spent in steps; 1 is ideal.

    This is the efficiency of Task Bench (Slaughter et al., SC'20); both times are in nanoseconds.
    Raises ``ZeroDivisionError`` if ``workers`` or ``makespan_ns`` is 0.
    """
    return steps * step_ns / (workers * makespan_ns)


def strong_scaling(times: Mapping[int, float]) -> dict[int, float]:
    """Return the efficiency T(P0) * P0 / (T(P) * P) by workers P, for the same steps.

    ``times`` maps workers to makespan, in any unit; P0 is the fewest workers, and 1 is ideal
    (Amdahl 1967). An empty mapping gives an empty one. Raises ``ZeroDivisionError`` for a makespan
    of 0.
    """
    return {p: ratio * min(times) / p for p, ratio in weak_scaling(times).items()}


def weak_scaling(times: Mapping[int, float]) -> dict[int, float]:
    """Return the efficiency T(P0) / T(P) by workers P, for steps in proportion to the workers.

    ``times`` maps workers to makespan, in any unit; P0 is the fewest workers, and 1 is ideal
    (Gustafson 1988). An empty mapping gives an empty one. Raises ``ZeroDivisionError`` for a
    makespan of 0.
    """
    return {p: times[min(times)] / times[p] for p in sorted(times)}
