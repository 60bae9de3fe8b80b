"""Scheduling latency: the time from a step being ready to its start."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from harness.stats.estimates import CONFIDENCE
from harness.stats.schedule import Upstreams

#: Fewest points for a slope: of 4 points not even a perfect order is significant, 2 / 4! > 0.05.
MIN_SLOPE = 5
#: Most points for Theil-Sen, which compares all pairs; neighbours are merged beyond it.
MAX_POINTS = 300


class Latencies(msgspec.Struct, frozen=True):
    """Summary of scheduling latencies in nanoseconds; None if too few steps count."""

    steps: int
    counted: int  #: steps that became ready while a worker was free for them
    p50_ns: float | None
    p95_ns: float | None  #: interpolated linearly: with few steps close to the largest
    p99_ns: float | None
    slope_ns_per_step: float | None  #: growth of the latency per step that has started
    slope_low: float | None  #: lower end of the slope's 95 % interval
    slope_high: float | None  #: upper end


def uncontended(
    upstreams: Upstreams,
    start_ns: Mapping[str, int],
    end_ns: Mapping[str, int],
    submit_ns: int,
    workers: int,
) -> dict[str, int]:
    """Return the latency of each step that a free worker could have taken at once.

    The latency is start - r in nanoseconds; r is the time at which the step became ready: the end
    of its last upstream, or ``submit_ns`` for a root. The result maps step to latency, in order of
    start. All times are nanoseconds of one clock.

    A step is open at a time t if it became ready at or before t and ends after t: it runs or it
    waits. A step counts if at its r at most ``workers`` steps are open, itself included, so that
    every waiting step had a worker. Any other step may have waited for a worker instead of for the
    framework. N steps take O(N log N). Raises ``KeyError`` if a step has no start or end.
    """
    steps = list(upstreams)
    ready = [max([end_ns[up] for up in upstreams[step]], default=submit_ns) for step in steps]
    became = np.array(ready, dtype=np.int64)
    ended = np.array([end_ns[step] for step in steps], dtype=np.int64)
    started = np.array([start_ns[step] for step in steps], dtype=np.int64)
    opened = np.searchsorted(np.sort(became), became, side="right")
    closed = np.searchsorted(np.sort(ended), became, side="right")
    chosen = opened - closed <= workers
    order = np.argsort(started, kind="stable")
    return {steps[i]: int(started[i] - became[i]) for i in order[chosen[order]]}


def latencies(
    upstreams: Upstreams,
    start_ns: Mapping[str, int],
    end_ns: Mapping[str, int],
    submit_ns: int,
    workers: int,
) -> Latencies:
    """Return percentiles of the latencies of :func:`uncontended`, and their slope.

    Times are nanoseconds of one clock; the slope is in nanoseconds per started step. Percentiles
    are None if no step counts, the slope is None if fewer than 5 do.

    The slope is that of latency over the step's position in the order of all starts: the median of
    (y_j - y_i) / (x_j - x_i) over all pairs, with Sen's 95 % interval (Theil 1950, Sen 1968;
    ``scipy.stats.theilslopes``); a few slow steps do not change it. More than 300 steps are first
    merged, in order of start, into 300 groups of nearly equal size, each represented by the median
    of its positions and the median of its latencies. Raises ``KeyError`` like ``uncontended``.
    """
    counted = uncontended(upstreams, start_ns, end_ns, submit_ns, workers)
    waits = np.array(list(counted.values()), dtype=np.float64)
    p50, p95, p99 = np.percentile(waits, [50, 95, 99]).tolist() if counted else (None,) * 3
    slope, low, high = None, None, None
    if len(counted) >= MIN_SLOPE:
        place = {step: i for i, step in enumerate(sorted(upstreams, key=start_ns.__getitem__))}
        slope, low, high = _slope([place[step] for step in counted], waits.tolist())
    return Latencies(len(upstreams), len(counted), p50, p95, p99, slope, low, high)


def _slope(places: Sequence[int], waits: Sequence[float]) -> tuple[float, float, float]:
    from scipy.stats import theilslopes  # imported late: SciPy takes a second

    found = theilslopes(_merged(waits), _merged(places), alpha=CONFIDENCE)
    return float(found[0]), float(found[2]), float(found[3])


def _merged(values: Sequence[float]) -> list[float]:
    """Return the medians of at most ``MAX_POINTS`` runs of neighbours, the first longer by one."""
    runs = min(len(values), MAX_POINTS)
    length, longer = divmod(len(values), runs)
    bounds = [i * length + min(i, longer) for i in range(runs + 1)]
    # NumPy's median takes ten times as long on three numbers.
    return [statistics.median(values[a:b]) for a, b in itertools.pairwise(bounds)]
