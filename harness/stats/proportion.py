"""Wilson confidence interval of a proportion."""

from __future__ import annotations

import math

_NORMAL_95 = 1.959964


def wilson(share: float, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a share of ``count`` independent trials (Wilson 1927).

    ``share`` and both ends are between 0 and 1. With z = 1.96, p = share and n = count, the ends
    are (p + z²/2n ± z·√(p(1 - p)/n + z²/4n²)) / (1 + z²/n) (Newcombe, "Two-sided confidence
    intervals for the single proportion", 1998, method 3), widened to contain the share if rounding
    errors would exclude it. If each trial has several repetitions, ``count`` is the number of
    trials: repetitions of one trial are taken as fully correlated, the smallest effective sample
    size (Korn and Graubard 1998). Raises ``ZeroDivisionError`` if ``count`` is 0.
    """
    squared = _NORMAL_95**2 / count
    middle = (share + squared / 2) / (1 + squared)
    half = math.sqrt(squared * (share * (1 - share) + squared / 4)) / (1 + squared)
    return min(middle - half, share), max(middle + half, share)
