"""Ranking by scores and weights, and the changes of weights that would change it.

The order is plain arithmetic, so that any page can repeat it exactly. With weights w and scores s:

- total = (w1*s1 + w2*s2 + …) / (w1 + w2 + …) in doubles, summed in the order of the criteria
- compared and shared as a whole number of millionths: floor(total * 1e6 + 0.5)
- shown in points of 100, to a tenth, from these millionths m: floor((m + 500) / 1000) / 10
- rank: one more than the number of frameworks with more millionths; equals are listed by name
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from harness.matrix.model import Move, Score, Scored, Span, Standing
from harness.matrix.scoring import mean

_MILLION = 1e6


def total(scored: Scored, weights: Mapping[str, float]) -> Score:
    """Return one framework's weighted mean, with its interval."""
    return mean((weight, scored.criteria[name].score) for name, weight in weights.items())


def millionths(score: Score) -> int:
    """Return the score in millionths, for comparisons that ignore rounding in the last bits."""
    return math.floor(score.mid * _MILLION + 0.5)


def tenths(value: float) -> str:
    """Format a value of 0 to 1 in points of 100, rounded half up to a tenth."""
    whole, rest = divmod((math.floor(value * _MILLION + 0.5) + 500) // 1000, 10)
    return f"{whole}.{rest}"


def standings(all_scored: Sequence[Scored], weights: Mapping[str, float]) -> list[Standing]:
    """Return all in order. One that is not distinguishable from the first is tied with it."""
    totals = {each.framework: total(each, weights) for each in all_scored}
    keys = {name: millionths(score) for name, score in totals.items()}
    order = sorted(all_scored, key=lambda each: (-keys[each.framework], each.framework))
    first = totals[order[0].framework] if order else None
    return [
        Standing(
            framework=each.framework,
            rank=1 + sum(key > keys[each.framework] for key in keys.values()),
            score=totals[each.framework],
            known=_known(each, weights),
            tied=number > 0 and first is not None and _tied(first, totals[each.framework]),
        )
        for number, each in enumerate(order)
    ]


def _tied(first: Score, other: Score) -> bool:
    """Return whether the interval of their difference holds zero."""
    return first.mid - other.mid <= math.hypot(first.mid - first.low, other.high - other.mid)


def _known(scored: Scored, weights: Mapping[str, float]) -> float:
    shares = (weight * scored.criteria[name].known for name, weight in weights.items())
    return sum(shares) / sum(weights.values())


def smallest_move(all_scored: Sequence[Scored], weights: Mapping[str, float]) -> Move | None:
    """Return the smallest move of weight from some criteria to one that changes the winner.

    Its size is half of the L1 distance between the weights before and after. To bring a framework
    level, weight goes to the criterion where the winner leads least, and comes from those where it
    leads most: each unit then closes the most of the gap, so that no other change is smaller.
    Return None if no weights change the winner. For a framework with equally many millionths the
    move is empty: the rest of the gap is rounding.
    """
    order = standings(all_scored, weights)
    by_name = {each.framework: each for each in all_scored}
    if len(order) < 2:
        return None
    if order[1].rank == 1:
        return Move(order[1].framework, 0.0, {}, "")
    first = by_name[order[0].framework]
    found = [
        move
        for each in order[1:]
        if (move := _level(first, by_name[each.framework], weights)) is not None
    ]
    return min(found, key=lambda move: (move.points, move.to), default=None)


def _level(first: Scored, other: Scored, weights: Mapping[str, float]) -> Move | None:
    """Return the smallest move that brings ``other`` level with ``first``; None if none does."""
    whole = sum(weights.values())
    leads = {
        name: first.criteria[name].score.mid - other.criteria[name].score.mid for name in weights
    }
    gap = sum(weights[name] / whole * lead for name, lead in leads.items())
    onto = min(leads, key=lambda name: leads[name])
    if leads[onto] >= 0:
        return None  # at least as good in everything
    taken = {}
    for name in sorted(leads, key=lambda name: -leads[name]):
        closes = leads[name] - leads[onto]
        if gap <= 0 or closes <= 0:
            break
        share = min(weights[name] / whole, gap / closes)
        if share > 0:
            taken[name] = share * 100
            gap -= share * closes
    return Move(other.framework, sum(taken.values()), taken, onto)


def spans(all_scored: Sequence[Scored], weights: Mapping[str, float]) -> dict[str, Span]:
    """Return for each criterion the range of its share of weight in which the winner stays."""
    order = standings(all_scored, weights)
    by_name = {each.framework: each for each in all_scored}
    whole = sum(weights.values())
    found = {}
    for name, weight in weights.items():
        span = Span(weight / whole, 0.0, 1.0, "", "")
        rest = {key: value for key, value in weights.items() if key != name and value}
        if order and rest:
            first = by_name[order[0].framework]
            others = [by_name[each.framework] for each in order[1:]]
            span = _span(name, span.share, first, others, rest)
        found[name] = span
    return found


def _span(
    name: str, share: float, first: Scored, others: Sequence[Scored], rest: Mapping[str, float]
) -> Span:
    low, high, below, above = 0.0, 1.0, "", ""
    for other in others:
        here = first.criteria[name].score.mid - other.criteria[name].score.mid
        elsewhere = total(first, rest).mid - total(other, rest).mid
        if here == elsewhere:
            continue  # its lead is the same with any share
        level = elsewhere / (elsewhere - here)
        # The winner leads at ``share``, so only rounding can put the level on the other side.
        if here > elsewhere and level > low:
            low, below = min(level, share), other.framework
        elif here < elsewhere and level < high:
            high, above = max(level, share), other.framework
    return Span(share, low, high, below, above)
