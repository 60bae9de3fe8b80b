"""Statistics: pure functions of recorded values, without access to the clock or the disk.

Times are in nanoseconds unless a name says otherwise; a function that works in any unit says so. If
the data do not support an answer, a function returns a :class:`Refusal` with the reason.
"""

from __future__ import annotations

from harness.stats.estimates import (
    CONFIDENCE,
    UNSTABLE_SPREAD,
    Estimate,
    estimate,
    from_medians,
    median,
)
from harness.stats.latency import Latencies, latencies, uncontended
from harness.stats.metg import Metg, SweepPoint, metg
from harness.stats.overhead import (
    efficiency,
    overhead_per_step,
    run_overhead,
    strong_scaling,
    weak_scaling,
    worker_seconds_overhead,
)
from harness.stats.paired import null_spread, paired_difference, paired_ratio, verdict
from harness.stats.proportion import wilson
from harness.stats.ranks import places
from harness.stats.refusal import Refusal
from harness.stats.regression import (
    MIN_SIZES,
    Bounded,
    Growth,
    Line,
    fixed_and_marginal,
    growth,
    per_byte,
)
from harness.stats.schedule import critical_path, ideal_makespan, longest_path
from harness.stats.unpaired import unpaired_ratio

__all__ = [
    "CONFIDENCE",
    "MIN_SIZES",
    "UNSTABLE_SPREAD",
    "Bounded",
    "Estimate",
    "Growth",
    "Latencies",
    "Line",
    "Metg",
    "Refusal",
    "SweepPoint",
    "critical_path",
    "efficiency",
    "estimate",
    "fixed_and_marginal",
    "from_medians",
    "growth",
    "ideal_makespan",
    "latencies",
    "longest_path",
    "median",
    "metg",
    "null_spread",
    "overhead_per_step",
    "paired_difference",
    "paired_ratio",
    "per_byte",
    "places",
    "run_overhead",
    "strong_scaling",
    "uncontended",
    "unpaired_ratio",
    "verdict",
    "weak_scaling",
    "wilson",
    "worker_seconds_overhead",
]
