"""What a framework adds to the steps' own time, and how it scales."""

from __future__ import annotations

from collections.abc import Mapping


def overhead_per_step(makespan_ns: float, ideal_ns: float, steps: int) -> float:
    """(makespan - ideal) / N. Below zero where a framework beats the greedy schedule or noise."""
    return (makespan_ns - ideal_ns) / steps


def worker_seconds_overhead(makespan_ns: float, workers: int, steps: int, step_ns: float) -> float:
    """T * P / N - d: nanoseconds of one worker that a step costs beyond its own ``step_ns``.

    It also holds the time of workers that the graph itself leaves idle.
    """
    return makespan_ns * workers / steps - step_ns


def run_overhead(makespan_ns: float, longest_path_ns: float) -> float:
    """T - longest path: what even unlimited workers would not take away."""
    return makespan_ns - longest_path_ns


def efficiency(steps: int, step_ns: float, workers: int, makespan_ns: float) -> float:
    """N * d / (P * T): the share of the workers' time that went into steps; 1 is ideal."""
    return steps * step_ns / (workers * makespan_ns)


def strong_scaling(times: Mapping[int, float]) -> dict[int, float]:
    """T(P0) * P0 / (T(P) * P) by workers P, for the same steps; P0 is the fewest, 1 is ideal.

    ``times`` are makespans by workers, in any unit.
    """
    return {p: ratio * min(times) / p for p, ratio in weak_scaling(times).items()}


def weak_scaling(times: Mapping[int, float]) -> dict[int, float]:
    """T(P0) / T(P) by workers P, where steps grow as workers do; P0 is the fewest, 1 is ideal.

    ``times`` are makespans by workers, in any unit.
    """
    return {p: times[min(times)] / times[p] for p in sorted(times)}
