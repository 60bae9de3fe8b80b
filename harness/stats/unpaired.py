"""Unpaired comparison of the same measurement in two runs, whose rounds are independent."""

from __future__ import annotations

import math
from collections.abc import Sequence

from harness.stats.estimates import CONFIDENCE, Estimate, median


def unpaired_ratio(
    numerators: Sequence[Sequence[float]], denominators: Sequence[Sequence[float]]
) -> Estimate:
    """Return the ratio numerators / denominators from trials of two different runs.

    Each side holds one sequence of repetitions per trial; both are in the same unit, and the ratio
    has no unit. The value is the median of the trials' medians of the one over that of the other.
    The 95 % interval is that of Welch's t-test (Welch 1947; ``scipy.stats.ttest_ind``) on the
    logarithms of the trials' medians, widened where necessary to contain the value; it is None
    unless both sides have two trials. ``trials`` is the number of trials of the side with fewer;
    ``repetitions`` counts both sides.

    Raises ``ValueError`` if a side has no trials, or the median of a trial is not above zero.
    """
    tops = [median(trial) for trial in numerators]
    bottoms = [median(trial) for trial in denominators]
    if not tops or not bottoms or min(*tops, *bottoms) <= 0:
        raise ValueError("a ratio needs trials on both sides, with medians above zero")
    value = median(tops) / median(bottoms)
    low, high = _interval(tops, bottoms) or (None, None)
    return Estimate(
        value=value,
        low=None if low is None else min(low, value),
        high=None if high is None else max(high, value),
        trials=min(len(tops), len(bottoms)),
        repetitions=sum(map(len, [*numerators, *denominators])),
        spread=None,
        unstable=False,
        outliers=0,
    )


def _interval(tops: Sequence[float], bottoms: Sequence[float]) -> tuple[float, float] | None:
    if min(len(tops), len(bottoms)) < 2:
        return None
    ours, theirs = [math.log(v) for v in tops], [math.log(v) for v in bottoms]
    # Without any spread on both sides, Welch's t has no degrees of freedom.
    if len(set(ours)) == len(set(theirs)) == 1:
        exact = math.exp(ours[0] - theirs[0])
        return exact, exact
    from scipy.stats import ttest_ind  # imported late: SciPy takes a second

    found = ttest_ind(ours, theirs, equal_var=False).confidence_interval(CONFIDENCE)
    return math.exp(found.low), math.exp(found.high)
