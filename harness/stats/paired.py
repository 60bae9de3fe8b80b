"""Two things that were measured in the same rounds: their ratio, their difference, who wins."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal

from harness.stats.estimates import Estimate, from_medians, median, outliers

#: What was measured in each round: trial number to repetitions.
Rounds = Mapping[int, Sequence[float]]


def paired_ratio(numerators: Rounds, denominators: Rounds) -> Estimate:
    """How many times longer the one takes than the other, from the rounds that both have.

    Each round gives one ratio, of its two medians: what slows a whole round falls out. The value
    is the rounds' median on the log scale (with an even number of rounds, the geometric mean of
    the middle two), so that a/b is 1 / (b/a); so is the interval of ``estimate``. ``outliers``
    counts rounds; ``repetitions`` counts those of both sides.

    Raises ``ValueError`` if no round has both, or a median is not above zero.
    """
    pairs = _pairs(numerators, denominators)
    if any(min(pair) <= 0 for pair in pairs):
        raise ValueError("a ratio needs values above zero")
    ratios = [top / bottom for top, bottom in pairs]
    value = math.exp(median([math.log(ratio) for ratio in ratios]))
    used = _repetitions(numerators, denominators)
    return from_medians(ratios, value, True, used, outliers(ratios))


def paired_difference(left: Rounds, right: Rounds) -> Estimate:
    """``left`` minus ``right``, in their unit, for what may be zero or below, such as overheads.

    As ``paired_ratio``, but each round gives the difference of its two medians, and Student's t
    is on the differences themselves. Raises ``ValueError`` if no round has both.
    """
    rounds = [a - b for a, b in _pairs(left, right)]
    return from_medians(rounds, median(rounds), False, _repetitions(left, right), outliers(rounds))


def null_spread(ratios: Sequence[float]) -> float:
    """How far the same thing is from itself: the largest |log ratio| of the A/A null's rounds.

    Raises ``ValueError`` for no rounds: without a null nobody can be called faster.
    """
    if not ratios:
        raise ValueError("there is no A/A null to compare with")
    return max(abs(math.log(ratio)) for ratio in ratios)


def verdict(ratio: Estimate, null_spread: float) -> Literal["faster", "slower", "tie"]:
    """What a ratio of times says of its numerator.

    A tie if there is no interval, if it holds 1, or if the ratio is no further from 1 than the
    A/A null's rounds were (``null_spread``).
    """
    if ratio.low is None or ratio.high is None or ratio.low <= 1 <= ratio.high:
        return "tie"
    if abs(math.log(ratio.value)) <= null_spread:
        return "tie"
    return "faster" if ratio.value < 1 else "slower"


def _pairs(one: Rounds, other: Rounds) -> list[tuple[float, float]]:
    shared = sorted(set(one) & set(other))
    if not shared:
        raise ValueError("no round has both")
    return [(median(one[number]), median(other[number])) for number in shared]


def _repetitions(one: Rounds, other: Rounds) -> int:
    return sum(len(one[number]) + len(other[number]) for number in set(one) & set(other))
