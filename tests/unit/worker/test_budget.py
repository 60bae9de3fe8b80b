"""When a larger execution is not worth a try."""

from __future__ import annotations

import pytest

from harness.worker.budget import too_long


@pytest.mark.parametrize(
    ("took_s", "scale", "budget_s", "left_out"),
    [
        (1.0, 5.0, 5.0, False),
        (1.0, 5.0, 4.9, True),
        (1.0, 5.0, None, False),
        (100.0, 1.0, 99.0, True),
        (0.0, 1e9, 1.0, False),
    ],
)
def test_what_would_take_more_than_its_budget_is_left_out(
    took_s: float, scale: float, budget_s: float | None, left_out: bool
) -> None:
    assert (too_long("s-r1", took_s, scale, budget_s) is not None) is left_out


def test_the_reason_holds_the_figures_that_it_comes_from() -> None:
    assert too_long("chain-r2", 1.25, 4, 3) == (
        "not tried: chain-r2 took 1.25 s, so that this would take about 5 s, and 3 s are allowed"
    )
