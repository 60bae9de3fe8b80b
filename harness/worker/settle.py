"""Waiting until an engine has recorded what it ran: some return before they have."""

from __future__ import annotations

import time
from collections.abc import Callable

_POLL_S = 0.05


def settled_count(ask: Callable[[], int | None], steps: int, patience_s: float) -> int | None:
    """The engine's own count, once it has recorded all steps or has recorded none for a while.

    ``ask``: for that count; ``patience_s``: that while. None where an engine keeps no count.
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
        # To ask is work for the engine: the longer it takes, the less often.
        time.sleep(max(_POLL_S, 0.05 * (now - began)))
