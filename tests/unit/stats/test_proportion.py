"""Wilson interval of a share, compared with published values."""

from __future__ import annotations

import pytest

from harness import stats


@pytest.mark.parametrize(
    ("good", "count", "low", "high"),
    [
        # Newcombe (1998), table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_interval_of_a_share_is_the_published_one(
    good: int, count: int, low: float, high: float
) -> None:
    assert stats.wilson(good / count, count) == pytest.approx((low, high), abs=5e-5)


def test_the_interval_contains_a_share_of_zero_or_one() -> None:
    for count in range(1, 60):
        for share in (0.0, 1.0):
            low, high = stats.wilson(share, count)
            assert low <= share <= high
