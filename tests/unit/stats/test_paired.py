"""Ratios, differences and verdicts, with known answers."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import stats
from harness.stats import Estimate

rounds = st.dictionaries(
    st.integers(0, 9), st.lists(st.floats(1e-3, 1e9), min_size=1, max_size=4), min_size=1
)


def ratio(value: float, low: float | None, high: float | None) -> Estimate:
    return Estimate(value, low, high, 3, 3, None, False, 0)


def test_sides_are_compared_within_each_round() -> None:
    # Each round is three times slower than the one before; the ratio is 2 in all.
    found = stats.paired_ratio({0: [2], 1: [6], 2: [18]}, {0: [1], 1: [3], 2: [9]})
    assert (found.value, found.low, found.high) == (2, 2, 2)
    assert (found.trials, found.repetitions, found.spread) == (3, 6, 0)


def test_only_rounds_that_both_have_count() -> None:
    found = stats.paired_ratio({0: [4, 4], 1: [1], 7: [9]}, {0: [2], 5: [1], 7: [3]})
    assert (found.trials, found.repetitions) == (2, 5)
    assert found.value == pytest.approx(math.sqrt(2 * 3))


def test_a_round_gives_the_ratio_of_its_medians() -> None:
    assert stats.paired_ratio({3: [1, 8, 100]}, {3: [4, 0.1, 5]}).value == pytest.approx(2)


def test_a_ratio_without_a_common_round_is_an_error() -> None:
    for compare in (stats.paired_ratio, stats.paired_difference):
        with pytest.raises(ValueError, match="no round"):
            compare({1: [1]}, {2: [1]})


@pytest.mark.parametrize("wrong", [0.0, -1.0])
def test_a_ratio_of_a_value_not_above_zero_is_an_error(wrong: float) -> None:
    with pytest.raises(ValueError, match="above zero"):
        stats.paired_ratio({1: [wrong]}, {1: [1]})


@given(rounds, rounds)
def test_swapping_the_sides_inverts_the_ratio(
    one: dict[int, list[float]], other: dict[int, list[float]]
) -> None:
    if not set(one) & set(other):
        return
    there, back = stats.paired_ratio(one, other), stats.paired_ratio(other, one)
    assert there.value * back.value == pytest.approx(1)
    if there.low is not None and back.high is not None:
        assert there.low == pytest.approx(1 / back.high)
    assert stats.paired_difference(one, other).value == -stats.paired_difference(other, one).value


def test_differences_may_lie_on_both_sides_of_zero() -> None:
    found = stats.paired_difference({0: [1], 1: [2], 2: [3]}, {0: [2], 1: [2], 2: [2]})
    assert (found.value, found.trials, found.repetitions) == (0, 3, 6)
    assert found.low == pytest.approx(-4.302653 / math.sqrt(3))
    assert found.high == pytest.approx(4.302653 / math.sqrt(3))


@pytest.mark.parametrize(
    ("found", "null", "expected"),
    [
        (ratio(0.8, 0.7, 0.9), 0.1, "faster"),
        (ratio(1.3, 1.2, 1.4), 0.1, "slower"),
        (ratio(1.3, 0.9, 1.4), 0.0, "tie"),
        (ratio(1.3, 1.0, 1.4), 0.0, "tie"),
        (ratio(2.0, None, None), 0.0, "tie"),
        (ratio(1.05, 1.04, 1.06), 0.1, "tie"),
        (ratio(0.95, 0.94, 0.96), 0.1, "tie"),
        (ratio(math.e, 2, 4), 1.0, "tie"),
    ],
)
def test_a_verdict_needs_an_interval_beyond_one_and_beyond_the_null(
    found: Estimate, null: float, expected: str
) -> None:
    assert stats.verdict(found, null) == expected


def test_the_null_spread_is_that_of_its_worst_round_in_either_direction() -> None:
    assert stats.null_spread([1, 1.1, 0.8]) == pytest.approx(math.log(1.25))
    assert stats.null_spread([1, 1]) == 0


def test_a_null_spread_without_rounds_is_an_error() -> None:
    with pytest.raises(ValueError, match="no A/A null"):
        stats.null_spread([])
