"""Settling: the wait for an engine's own records, which some engines write after they return."""

from __future__ import annotations

import time
from collections.abc import Callable

_POLL_S = 0.05


def settled_count(ask: Callable[[], int | None], steps: int, patience_s: float) -> int | None:
    """Wait until the engine has recorded all steps; return its own count of them.

    ``ask`` returns that count, or None if the engine does not count. The wait also ends once the
    count has not grown for ``patience_s`` seconds.
    """
    began = progressed = time.monotonic()
    most = -1
    while True:
        count = ask()
        now = time.monotonic()
        if count is not None and count > most:
            most, progressed = count, now
        if count is None or count >= steps or now - progressed > patience_s:
            return count
        # Each request costs the engine work, so they become rarer as the wait grows.
        time.sleep(max(_POLL_S, 0.05 * (now - began)))
