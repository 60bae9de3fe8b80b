"""Paired comparison of two measurements from the same rounds: ratio, difference and verdict."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal

from harness.stats.estimates import Estimate, from_medians, median, outliers

#: Measured values by round: trial number to repetitions.
Rounds = Mapping[int, Sequence[float]]


def paired_ratio(numerators: Rounds, denominators: Rounds) -> Estimate:
    """Return the ratio numerators / denominators over the rounds that both have.

    Both map round to repetitions, in the same unit; the ratio has no unit. Each shared round gives
    one ratio r = median(numerators) / median(denominators), so that a slowdown of a whole round
    cancels out. The value is exp(median(log r)) (with an even number of rounds, the geometric mean
    of the middle two), so that a/b is 1 / (b/a). The interval is that of :func:`estimate` (Kalibera
    and Jones 2013), on the logarithms. ``outliers`` counts rounds; ``repetitions`` counts both
    sides.

    Raises ``ValueError`` if no round has both, or a median is not above zero.
    """
    pairs = _pairs(numerators, denominators)
    if any(min(pair) <= 0 for pair in pairs):
        raise ValueError("a ratio needs medians above zero on both sides")
    ratios = [top / bottom for top, bottom in pairs]
    value = math.exp(median([math.log(ratio) for ratio in ratios]))
    used = _repetitions(numerators, denominators)
    return from_medians(ratios, value, True, used, outliers(ratios))


def paired_difference(left: Rounds, right: Rounds) -> Estimate:
    """Return ``left`` minus ``right``, in their unit, over the rounds that both have.

    It suits values that may be zero or negative, such as overheads. Each shared round gives
    median(left) - median(right); the value is the median of these. The interval is that of
    :func:`estimate`, on the differences themselves. ``outliers`` and ``repetitions`` count as in
    :func:`paired_ratio`. Raises ``ValueError`` if no round has both.
    """
    rounds = [a - b for a, b in _pairs(left, right)]
    return from_medians(rounds, median(rounds), False, _repetitions(left, right), outliers(rounds))


def null_spread(ratios: Sequence[float]) -> float:
    """Return the largest |log ratio| of the rounds of the negative control.

    The negative control (A/A null) compares plain Python with itself, so that its ratios would be 1
    without noise. ``ratios`` has one ratio per round; the result is a natural logarithm.

    Raises ``ValueError`` if there are no rounds: without a null no framework can be called faster.
    """
    if not ratios:
        raise ValueError("there is no A/A null to compare with: it has no rounds")
    return max(abs(math.log(ratio)) for ratio in ratios)


def verdict(ratio: Estimate, null_spread: float) -> Literal["faster", "slower", "tie"]:
    """Return whether the numerator of a ratio of times is faster, slower, or tied.

    The verdict is a tie if there is no interval, if the interval contains 1, or if
    |log(ratio)| <= ``null_spread``, the largest deviation of the negative control (A/A null) on the
    log scale, as :func:`null_spread` gives it.
    """
    if ratio.low is None or ratio.high is None or ratio.low <= 1 <= ratio.high:
        return "tie"
    if abs(math.log(ratio.value)) <= null_spread:
        return "tie"
    return "faster" if ratio.value < 1 else "slower"


def _pairs(one: Rounds, other: Rounds) -> list[tuple[float, float]]:
    shared = sorted(set(one) & set(other))
    if not shared:
        raise ValueError(f"no round has both: rounds {sorted(one)} and {sorted(other)}")
    return [(median(one[number]), median(other[number])) for number in shared]


def _repetitions(one: Rounds, other: Rounds) -> int:
    return sum(len(one[number]) + len(other[number]) for number in set(one) & set(other))
