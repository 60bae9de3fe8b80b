"""Merging of several runs."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from harness.report.chapters import merging


def run(spread: float | None, *estimates: str) -> Any:
    """Return a run with this A/A null spread and experiments of these estimates."""
    controls = SimpleNamespace(null_spread=spread)
    timed = bool(set(estimates) - {"portability"})
    return SimpleNamespace(summary=SimpleNamespace(controls=controls, timed=timed))


@pytest.mark.parametrize(
    ("runs", "spread"),
    [
        ([run(0.1, "overhead"), run(0.3, "overhead", "portability")], 0.3),
        ([run(0.1, "overhead"), run(None, "metg")], None),
        ([run(0.1, "overhead"), run(None)], 0.1),  # the second has only probes
        ([run(0.1, "overhead"), run(0.5, "portability")], 0.1),
        ([run(None)], None),
        ([], None),
    ],
)
def test_the_widest_null_of_the_timed_runs_counts(runs: list[Any], spread: float | None) -> None:
    assert merging.null_spread(runs) == spread
