"""Findings of experiments beyond the figures of their cells: METG, growth, latency, scaling."""

from __future__ import annotations

import math

import msgspec

from harness.stats import Estimate

METG_LEVEL = 0.5  #: the efficiency that METG(50 %) asks for


class Finding(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Finding on one framework in one mode, with one number of workers unless that varies."""

    framework: str
    version: str
    mode: str
    workers: int
    role: str = ""  #: of the framework
    approximate: bool = False  #: outputs equal plain Python's only within a tolerance
    refusal: str = ""  #: why there is no answer


class Granularity(Finding, frozen=True, kw_only=True, tag=True):
    """METG: the smallest T * P / N in worker-seconds with half of it spent on the steps' work."""

    steps: int  #: N
    metg_s: Estimate | None
    points: list[tuple[float, float, float]]  #: step's own time, T * P / N, efficiency; seconds
    without: int  #: rounds whose own sweep gave no METG; they count as its end

    @property
    def remark(self) -> str:
        """Return why there is no METG, or a caveat on it; empty if neither."""
        if self.refusal or not self.without or self.metg_s is None:
            return self.refusal
        return f"{self.without} of {self.metg_s.trials} rounds lie beyond their sweep, ± ends there"

    @property
    def bounds_s(self) -> tuple[float, float]:
        """Return bounds of METG: its interval, or the ends that the sweep supports."""
        if self.metg_s is not None:
            low, high = self.metg_s.low, self.metg_s.high
            return (0.0, math.inf) if low is None or high is None else (low, high)
        good = [granularity for _, granularity, share in self.points if share >= METG_LEVEL]
        if len(good) == len(self.points) > 0:
            return 0.0, min(good)
        if self.points and not good:
            return max(granularity for _, granularity, _ in self.points), math.inf
        return 0.0, math.inf

    @property
    def ends_s(self) -> tuple[float | None, float | None]:
        """Return :attr:`bounds_s`, with None for an end that the sweep does not support."""
        low, high = self.bounds_s
        return low or None, high if math.isfinite(high) else None


class Growing(Finding, frozen=True, kw_only=True, tag=True):
    """Growth of the time with the number of steps."""

    exponent: Estimate | None  #: k of T ~ N ** k
    fixed_s: Estimate | None  #: a of T = a + b * N
    step_s: Estimate | None  #: b
    sizes: list[tuple[int, float]]  #: N and T in seconds
    largest: int | None  #: size that was reached
    stopped: str  #: why no larger one was; empty if all were


class Payload(Finding, frozen=True, kw_only=True, tag=True):
    """Growth of the time with the size of the value that travels from step to step."""

    byte_s: Estimate | None  #: seconds per byte along an edge, plain Python's own left out
    sizes: list[tuple[int, float]]  #: bytes and T in seconds
    largest: int | None
    fails_at: int | None
    how: str


class Latency(Finding, frozen=True, kw_only=True, tag=True):
    """Latency from the moment a step could start to its start, where a worker was free."""

    workload: str
    p50_s: Estimate | None
    p95_s: Estimate | None
    p99_s: Estimate | None
    cold_p50_s: Estimate | None
    slope_s: Estimate | None  #: growth of the latency with each step that has started
    counted: float  #: share of the steps that a worker was free for


class Scaling(Finding, frozen=True, kw_only=True, tag=True):
    """Efficiency by number of workers."""

    efficiencies: dict[int, Estimate]  #: by number of workers; 1 is perfect
