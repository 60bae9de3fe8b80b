"""Several runs as one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from harness.report.chapters import merging


def run(spread: float | None, measured: bool = True) -> Any:
    """A run by what counts here: what plain Python differed from itself, and whether it did."""
    ruler = SimpleNamespace(null_spread=spread)
    return SimpleNamespace(
        view=SimpleNamespace(ruler=ruler, experiments=["one"] if measured else [])
    )


@pytest.mark.parametrize(
    ("runs", "spread"),
    [
        ([run(0.1), run(0.3)], 0.3),
        ([run(0.1), run(None)], None),
        ([run(0.1), run(None, measured=False)], 0.1),  # it only probed
        ([run(None, measured=False)], None),
        ([], None),
    ],
)
def test_the_widest_null_of_those_that_measured_counts(
    runs: list[Any], spread: float | None
) -> None:
    assert merging.null_spread(runs) == spread
