"""The same thing measured in two runs, whose rounds have nothing to do with each other."""

from __future__ import annotations

import math
from collections.abc import Sequence

from harness.stats.estimates import CONFIDENCE, Estimate, median


def unpaired_ratio(
    numerators: Sequence[Sequence[float]], denominators: Sequence[Sequence[float]]
) -> Estimate:
    """How many times longer the one takes than the other, from trials of two different runs.

    The ratio of the medians over trials; the interval is Welch's, on the logarithms of the trials'
    medians (``scipy.stats.ttest_ind``), None unless both have two trials. ``trials`` counts those
    of the run that has fewer; ``repetitions`` all.

    Raises ``ValueError`` for no trial, or a value that is not above zero.
    """
    tops = [median(trial) for trial in numerators]
    bottoms = [median(trial) for trial in denominators]
    if not tops or not bottoms or min(*tops, *bottoms) <= 0:
        raise ValueError("a ratio needs trials on both sides, and values above zero")
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
    if len(set(ours)) == len(set(theirs)) == 1:  # no spread at all: Welch's t has no freedom
        exact = math.exp(ours[0] - theirs[0])
        return exact, exact
    from scipy.stats import ttest_ind  # in here: SciPy takes a second to import

    found = ttest_ind(ours, theirs, equal_var=False).confidence_interval(CONFIDENCE)
    return math.exp(found.low), math.exp(found.high)
