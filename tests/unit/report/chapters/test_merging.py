"""Several runs as one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from harness.report.chapters import merging


def run(spread: float | None, *estimates: str) -> Any:
    """A run by what counts here: what plain Python differed from itself, and what was asked."""
    controls = SimpleNamespace(null_spread=spread)
    timed = bool(set(estimates) - {"portability"})
    return SimpleNamespace(summary=SimpleNamespace(controls=controls, timed=timed))


@pytest.mark.parametrize(
    ("runs", "spread"),
    [
        ([run(0.1, "overhead"), run(0.3, "overhead", "portability")], 0.3),
        ([run(0.1, "overhead"), run(None, "metg")], None),
        ([run(0.1, "overhead"), run(None)], 0.1),  # it only probed
        ([run(0.1, "overhead"), run(0.5, "portability")], 0.1),
        ([run(None)], None),
        ([], None),
    ],
)
def test_the_widest_null_of_those_that_measured_counts(
    runs: list[Any], spread: float | None
) -> None:
    assert merging.null_spread(runs) == spread
