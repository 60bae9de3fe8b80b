"""Contract check: claims of adapter.toml are compared with the records of steps."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from harness.frameworks.adapter_file import Mode
from harness.results.journal import Event
from harness.setup.contract import contradiction, isolation

MODE = Mode(summary="s", durable=False, parallel=True, isolation="thread")


def at(start: int, end: int, pid: int = 1, thread: int = 1) -> Event:
    return Event("s", 1, start, end, None, "h", pid, thread)


BESIDE = [at(0, 10), at(5, 15, thread=2), at(10, 20)]
BEHIND = [at(0, 10), at(10, 20), at(20, 30)]


@pytest.mark.parametrize(
    ("claims", "events", "workers", "words"),
    [
        ({}, BESIDE, 2, ""),
        ({}, BEHIND, 2, "parallel = true, but no two of 3 steps"),
        ({}, BESIDE, 1, "2 steps ran at once, with workers = 1"),
        ({"parallel": False}, BESIDE, 1, "parallel = false, but 2 steps ran at once"),
        ({"parallel": False, "isolation": "none"}, BEHIND, 1, ""),
        ({"isolation": "process"}, BESIDE, 2, 'isolation = "process", but it was "thread"'),
        ({"isolation": "none"}, BESIDE, 2, 'isolation = "none", but it was "thread"'),
        ({"isolation": "pod"}, BESIDE, 2, ""),
    ],
)
def test_each_claim_is_compared_with_the_events(
    claims: dict[str, Any], events: list[Event], workers: int, words: str
) -> None:
    message = contradiction(msgspec.structs.replace(MODE, **claims), workers, events)
    assert words in message
    assert bool(words) is bool(message)


def test_isolation_is_read_from_the_events() -> None:
    assert isolation(BEHIND) == "none"
    assert isolation(BESIDE) == "thread"
    assert isolation([at(0, 1, pid=1), at(1, 2, pid=2)]) == "process"
