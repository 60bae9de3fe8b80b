"""Budget: a larger execution is skipped if a smaller one predicts too long a time."""

from __future__ import annotations

import pytest

from harness.worker.budget import too_long


@pytest.mark.parametrize(
    ("took_s", "scale", "budget_s", "skipped"),
    [
        (1.0, 5.0, 5.0, False),
        (1.0, 5.0, 4.9, True),
        (1.0, 5.0, None, False),
        (100.0, 1.0, 99.0, True),
        (0.0, 1e9, 1.0, False),
    ],
)
def test_an_execution_beyond_its_budget_is_skipped(
    took_s: float, scale: float, budget_s: float | None, skipped: bool
) -> None:
    assert (too_long("s-r1", took_s, scale, budget_s) is not None) is skipped


def test_the_reason_has_the_figures_behind_it() -> None:
    assert too_long("chain-r2", 1.25, 4, 3) == (
        "not tried: chain-r2 took 1.25 s, so this would take about 5 s; the budget is 3 s"
    )
