"""How long a step that could start waits until it does."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from harness.stats.estimates import CONFIDENCE
from harness.stats.schedule import Upstreams

#: Below it not even a perfect order of the points is significant: 2 / 4! > 0.05.
MIN_SLOPE = 5
#: Theil-Sen takes all pairs of points; of more points than this, neighbours are merged.
MAX_POINTS = 300


class Latencies(msgspec.Struct, frozen=True):
    """Scheduling latencies in nanoseconds; None where too few steps count."""

    steps: int
    counted: int  #: those that were ready while a worker was free for them
    p50_ns: float | None
    p95_ns: float | None  #: interpolated linearly, as all: with few steps almost the largest
    p99_ns: float | None
    slope_ns_per_step: float | None  #: growth of the latency with every step that has started
    slope_low: float | None  #: its 95 % interval
    slope_high: float | None


def uncontended(
    upstreams: Upstreams,
    start_ns: Mapping[str, int],
    end_ns: Mapping[str, int],
    submit_ns: int,
    workers: int,
) -> dict[str, int]:
    """Latency s - r of each step that a free worker could have taken at once, in order of start.

    A step is ready at r, when its last upstream ended (a root: at ``submit_ns``). Steps are open
    at a time if they were ready then or before, and end after it: those that run, and those that
    wait. A step counts if at its r no more than ``workers`` steps are open, itself included, so
    that there was a worker for each one that waited. All others may have waited for a worker
    and not for the framework. With N steps this takes N log N.
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
    """Percentiles of ``uncontended``, and the slope over the place in the order of all starts.

    The slope is the median of the slopes of all pairs, with Sen's interval (Theil 1950, Sen 1968;
    ``scipy.stats.theilslopes``), which a few slow steps do not move. More than 300 steps are first
    merged, in order of start, into 300 runs as equal as can be, each
    standing for the medians of its places and of its latencies.
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
    from scipy.stats import theilslopes  # in here: SciPy takes a second to import

    found = theilslopes(_merged(waits), _merged(places), alpha=CONFIDENCE)
    return float(found[0]), float(found[2]), float(found[3])


def _merged(values: Sequence[float]) -> list[float]:
    """The medians of as many runs as points are allowed, the first ones longer by one."""
    runs = min(len(values), MAX_POINTS)
    length, longer = divmod(len(values), runs)
    bounds = [i * length + min(i, longer) for i in range(runs + 1)]
    # Not NumPy's: on three numbers it takes ten times as long.
    return [statistics.median(values[a:b]) for a, b in itertools.pairwise(bounds)]
