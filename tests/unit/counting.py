"""Growth of work with its size, counted in calls: the same on every machine."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Any


def calls(function: Callable[[], object]) -> int:
    """Return the number of calls, those of built-in functions included, while ``function`` runs."""
    count = 0

    def counted(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        function()
    finally:
        sys.setprofile(before)
    return count


def growth(of_size: Callable[[int], Callable[[], object]], small: int, large: int) -> float:
    """Return the exponent k of calls ~ size^k between two sizes."""
    ratio = calls(of_size(large)) / calls(of_size(small))
    return math.log(ratio) / math.log(large / small)
