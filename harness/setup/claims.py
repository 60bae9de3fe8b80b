"""What adapter.toml says of a mode, against what its steps recorded."""

from __future__ import annotations

from collections.abc import Sequence

from harness.frameworks.catalog import Mode
from harness.probes.judging import most_at_once
from harness.results.journal import Event


def denied(mode: Mode, workers: int, events: Sequence[Event]) -> str:
    """What does not agree with ``mode``, and why; empty if all does.

    ``events``: attempts at steps of which more than ``workers`` are independent, each long enough
    to be caught beside another.
    """
    at_once = most_at_once(events)
    if not mode.parallel and at_once > 1:
        return f"adapter.toml says parallel = false, but {at_once} steps ran at once"
    if mode.parallel and workers > 1 and at_once <= 1:
        return f"adapter.toml says parallel = true, but no two of {len(events)} steps ran at once"
    if at_once > workers:
        return f"{at_once} steps ran at once, where there are to be {workers} workers"
    seen = isolation(events)
    # A pod is a process too, perhaps of the same number as another pod's.
    if mode.isolation not in (seen, "pod"):
        return f'adapter.toml says isolation = "{mode.isolation}", but it was "{seen}"'
    return ""


def isolation(events: Sequence[Event]) -> str:
    """What was between steps: processes, threads of one process, or nothing."""
    if len({(event.host, event.pid) for event in events}) > 1:
        return "process"
    return "thread" if len({event.thread for event in events}) > 1 else "none"
