"""Scores of readings on fixed bounds: from 0 to 1, each with its interval.

A reading's place between its indicator's bounds is its score; both ends of its interval are scaled
in the same way. Errors of different readings, and of different criteria, are taken as independent:
in a weighted mean the halves of intervals add up as the root of the sum of their squares,
separately below and above.

An unknown indicator has the interval from 0 to 1 with its middle at one half: without evidence the
worst is as likely as the best. A framework with a high score on one indicator tends to have high
scores on related ones, so the unknown indicators of a criterion share one error, and their halves
add up linearly: a criterion without any reading covers the whole scale. A reading with only a lower
or an upper bound covers the rest of the scale, with its middle in the middle of that.

No score depends on other frameworks, so adding one changes no score.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from harness.errors import UsageError
from harness.matrix.model import (
    Criteria,
    Criterion,
    CriterionScore,
    Indicator,
    Point,
    Reading,
    Score,
    Scored,
)

UNKNOWN = Score(0.0, 0.5, 1.0)


def scored(criteria: Criteria, framework: str, readings: Sequence[Reading], mode: str) -> Scored:
    """Score one framework on all criteria by its own readings; ignore those of other frameworks."""
    own: dict[str, list[Reading]] = {}
    for reading in readings:
        if reading.framework == framework:
            own.setdefault(reading.indicator, []).append(reading)
    return Scored(
        framework,
        {name: _criterion(each, own, mode) for name, each in criteria.criteria.items()},
    )


def _criterion(criterion: Criterion, own: dict[str, list[Reading]], mode: str) -> CriterionScore:
    points = tuple(
        _point(indicator, own.get(indicator.id, []), mode) for indicator in criterion.indicators
    )
    weighted = list(zip((i.weight for i in criterion.indicators), points, strict=True))
    known = [(weight, point.score) for weight, point in weighted if point.known]
    unknown = sum(weight for weight, point in weighted if not point.known)
    parts = [*known, (unknown, UNKNOWN)] if unknown else known
    share = sum(weight for weight, _ in known) / sum(weight for weight, _ in parts)
    return CriterionScore(mean(parts), share, points)


def _point(indicator: Indicator, readings: Sequence[Reading], mode: str) -> Point:
    """Return the best of an indicator's readings that count for ``mode``."""
    counted = [r for r in readings if indicator.mode == "any" or r.mode in ("", mode)]
    if not counted:
        return Point(indicator.id, UNKNOWN, None)
    ranked = [(of_reading(indicator, each), each) for each in counted]
    # Among equals the choice does not depend on the order of the input.
    score, best = min(
        ranked, key=lambda one: (not one[1].known, -one[0].mid, one[1].mode, one[1].sources)
    )
    return Point(indicator.id, score, best)


def of_reading(indicator: Indicator, reading: Reading) -> Score:
    """Return the score of one reading. Raise :class:`UsageError` if it is not a number."""
    value = reading.value
    around = (-math.inf, math.inf) if value is None else (value, value)
    pairs = zip((reading.low, reading.high), around, strict=True)
    ends = [other if end is None else end for end, other in pairs]
    if any(map(math.isnan, ends)) or not (value is None or math.isfinite(value)):
        raise UsageError(
            f"{reading.framework}: {indicator.id} is {reading.value} ({ends[0]} to {ends[1]}), "
            f"which is not a number; look at: {', '.join(reading.sources) or 'its source'}"
        )
    both = [_place(indicator, end) for end in ends]
    mid = sum(both) / 2 if value is None else _place(indicator, value)
    return Score(min(mid, *both), mid, max(mid, *both))


def _place(indicator: Indicator, value: float) -> float:
    """Return the place of a value between the bounds: 1 at the better one or beyond it."""
    low, high = indicator.low, indicator.high
    if value <= low:
        share = 0.0
    elif value >= high:
        share = 1.0
    elif indicator.scale == "log":
        share = math.log(value / low) / math.log(high / low)
    else:
        share = (value - low) / (high - low)
    share = min(max(share, 0.0), 1.0)
    return share if indicator.better == "higher" else 1.0 - share


def mean(parts: Iterable[tuple[float, Score]]) -> Score:
    """Compute the weighted mean, summed term by term in the given order, as in matrix.js."""
    weights = middle = below = above = 0.0
    for weight, score in parts:
        weights += weight
        middle += weight * score.mid
        below += (weight * (score.mid - score.low)) ** 2
        above += (weight * (score.high - score.mid)) ** 2
    mid = middle / weights
    return Score(
        max(mid - math.sqrt(below) / weights, 0.0), mid, min(mid + math.sqrt(above) / weights, 1.0)
    )
