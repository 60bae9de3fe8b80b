"""A share of what was counted, with its interval."""

from __future__ import annotations

import math

_NORMAL_95 = 1.959964


def wilson(share: float, count: int) -> tuple[float, float]:
    """The 95 % interval of a share of ``count`` independent trials, by the score of Wilson (1927).

    With z = 1.96: (p + z²/2n ± z·√(p(1 - p)/n + z²/4n²)) / (1 + z²/n) (Newcombe, "Two-sided
    confidence intervals for the single proportion", 1998, method 3). Where each trial counts
    several times, ``count`` is that of trials, which is as if those of one were all alike: the
    effective sample size at its least (Korn and Graubard 1998). The interval holds the share.
    """
    squared = _NORMAL_95**2 / count
    middle = (share + squared / 2) / (1 + squared)
    half = math.sqrt(squared * (share * (1 - share) + squared / 4)) / (1 + squared)
    return min(middle - half, share), max(middle + half, share)
