"""The answers that experiments may give beyond the figures of their cells."""

from __future__ import annotations

import math

import msgspec

from harness.stats import Estimate

METG_LEVEL = 0.5  #: the efficiency that METG(50 %) asks for


class Finding(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Of one framework in one mode, with one number of workers unless that is what varies."""

    framework: str
    version: str
    mode: str
    workers: int
    refusal: str = ""  #: why there is no answer


class Granularity(Finding, frozen=True, kw_only=True, tag=True):
    """METG: the smallest T * P / N, in worker-seconds, of which half is the steps' own work."""

    steps: int  #: N
    metg_s: Estimate | None
    points: list[tuple[float, float, float]]  #: step's own time, T * P / N, efficiency; seconds
    without: int  #: rounds of which the sweep alone gave none, and that count as its end

    @property
    def remark(self) -> str:
        """Why there is none, or what has to be known about it."""
        if self.refusal or not self.without or self.metg_s is None:
            return self.refusal
        return f"{self.without} of {self.metg_s.trials} rounds lie beyond their sweep, ± ends there"

    @property
    def bounds_s(self) -> tuple[float, float]:
        """What METG lies between: its interval, or as far as the sweep tells."""
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
        """The same; None for an end of which the sweep tells nothing."""
        low, high = self.bounds_s
        return low or None, high if math.isfinite(high) else None


class Growing(Finding, frozen=True, kw_only=True, tag=True):
    """How the time grows with the number of steps."""

    exponent: Estimate | None  #: k of T ~ N ** k
    fixed_s: Estimate | None  #: a of T = a + b * N
    step_s: Estimate | None  #: b
    sizes: list[tuple[int, float]]  #: N and T in seconds
    largest: int | None  #: size that was reached
    stopped: str  #: why no larger one was; empty if all were


class Payload(Finding, frozen=True, kw_only=True, tag=True):
    """How the time grows with the size of what travels from step to step."""

    byte_s: Estimate | None  #: seconds per byte along an edge, plain Python's own left out
    sizes: list[tuple[int, float]]  #: bytes and T in seconds
    largest: int | None
    fails_at: int | None
    how: str


class Latency(Finding, frozen=True, kw_only=True, tag=True):
    """From the moment a step could start to its start, where a worker was free for it."""

    workload: str
    p50_s: Estimate | None
    p95_s: Estimate | None
    p99_s: Estimate | None
    cold_p50_s: Estimate | None
    slope_s: Estimate | None  #: growth of the latency with each step that has started
    counted: float  #: share of the steps that a worker was free for


class Scaling(Finding, frozen=True, kw_only=True, tag=True):
    """What more workers are worth."""

    efficiencies: dict[int, Estimate]  #: by number of workers; 1 is perfect
