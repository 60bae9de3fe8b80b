"""Places in an order, where values are known within bounds only."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence


def places(bounds: Sequence[tuple[float, float]]) -> list[tuple[int, int]]:
    """The first and the last place that each may have, counted from 1 for the smallest value.

    ``bounds`` are low and high of each, in any unit. Whoever lies wholly below another comes
    before it; those whose bounds meet are not told apart and share their places. With N of them,
    one has places from 1 + (how many lie wholly below it) to N - (how many lie wholly above it).
    Raises ``ValueError`` where low is not at most high.
    """
    if not all(low <= high for low, high in bounds):
        raise ValueError("a low bound is at most its high bound")
    lows, highs = sorted(low for low, _ in bounds), sorted(high for _, high in bounds)
    return [(1 + bisect_left(highs, low), bisect_right(lows, high)) for low, high in bounds]
