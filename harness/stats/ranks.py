"""Ranks of values that are known only within bounds."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence


def places(bounds: Sequence[tuple[float, float]]) -> list[tuple[int, int]]:
    """Return the first and the last rank that each value may have; 1 is the smallest value.

    ``bounds`` holds (low, high) of each value, in any unit. A value whose high is below another's
    low comes before it; values with overlapping or touching bounds share their ranks. Of N values,
    one has the ranks from 1 + (number entirely below it) to N - (number entirely above it): the
    ranks that it takes over all choices of values within the bounds. Raises ``ValueError`` if a low
    bound exceeds its high bound, or is not a number.
    """
    if not all(low <= high for low, high in bounds):
        wrong = next((low, high) for low, high in bounds if not low <= high)
        raise ValueError(f"a low bound must be at most its high bound, not {wrong}")
    lows, highs = sorted(low for low, _ in bounds), sorted(high for _, high in bounds)
    return [(1 + bisect_left(highs, low), bisect_right(lows, high)) for low, high in bounds]
