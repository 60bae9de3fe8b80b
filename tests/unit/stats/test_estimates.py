"""Medians and their intervals: known answers, and properties that hold for any trials."""

from __future__ import annotations

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import stats

times = st.floats(1e-3, 1e12)
trials = st.lists(st.lists(times, min_size=1, max_size=6), min_size=1, max_size=12)


def test_the_median_is_the_middle_value_or_the_mean_of_two() -> None:
    assert stats.median([3, 1, 2]) == 2
    assert stats.median([4, 1, 2, 3]) == 2.5


def test_the_median_of_no_values_is_an_error() -> None:
    with pytest.raises(statistics.StatisticsError):
        stats.median([])


def test_the_value_is_the_median_of_medians_and_not_of_all() -> None:
    found = stats.estimate([[1, 1, 1, 1, 1], [5], [9]])
    assert (found.value, found.trials, found.repetitions) == (5, 3, 7)


def test_one_trial_has_no_interval_and_no_spread() -> None:
    found = stats.estimate([[1, 2, 30]])
    assert (found.value, found.low, found.high, found.spread) == (2, None, None, None)
    assert not found.unstable


def test_three_trials_have_students_interval_on_their_logarithms() -> None:
    # mean of logs 1, s = 1, t(2) = 4.302653: 1 -+ 4.302653 / sqrt(3)
    found = stats.estimate([[1], [math.e], [math.e**2]])
    assert found.low == pytest.approx(math.exp(1 - 4.302653 / math.sqrt(3)), rel=1e-6)
    assert found.high == pytest.approx(math.exp(1 + 4.302653 / math.sqrt(3)), rel=1e-6)


@pytest.mark.parametrize("positive", [True, False])
def test_values_that_may_be_negative_have_students_interval_on_themselves(positive: bool) -> None:
    found = stats.estimate([[-1], [0], [1]], positive)
    assert found.low == pytest.approx(-4.302653 / math.sqrt(3))
    assert found.high == pytest.approx(4.302653 / math.sqrt(3))


def test_differences_that_are_all_positive_do_not_use_logarithms() -> None:
    found = stats.estimate([[1], [2], [3]], positive=False)
    assert found.low == pytest.approx(2 - 4.302653 / math.sqrt(3))


@pytest.mark.parametrize(
    ("count", "low", "high"), [(6, 1, 6), (8, 1, 8), (9, 2, 8), (12, 3, 10), (20, 6, 15)]
)
def test_many_trials_have_the_interval_of_the_tables(count: int, low: int, high: int) -> None:
    found = stats.estimate([[n] for n in range(count, 0, -1)])
    assert (found.low, found.high) == (low, high)


def test_one_outlying_trial_of_nine_changes_no_bound() -> None:
    calm = [[float(n)] for n in range(1, 10)]
    wild = [*calm[:-1], [1e9]]
    assert stats.estimate(calm).high == stats.estimate(wild).high == 8


def test_spread_is_of_the_trials_and_ten_percent_is_unstable() -> None:
    steady = stats.estimate([[99, 200, 1], [100], [108]])
    assert (steady.spread, steady.unstable) == (pytest.approx(0.09), False)
    assert stats.estimate([[98], [100], [108]]).unstable
    assert stats.estimate([[-98], [-100], [-108]]).spread == pytest.approx(0.10)


def test_the_spread_around_zero_is_undefined() -> None:
    found = stats.estimate([[-1], [0], [1]])
    assert (found.spread, found.unstable) == (None, True)
    same = stats.estimate([[0], [0]])
    assert (same.spread, same.unstable) == (0, False)


def test_outliers_are_counted_and_not_removed() -> None:
    # Quartiles of 1..9 and a tenth above are 3.25 and 7.75: fences at -3.5 and 14.5.
    found = stats.estimate([[1, 2, 3, 4, 5], [6, 7, 8, 9, 15]])
    assert (found.outliers, found.repetitions) == (1, 10)
    assert stats.estimate([[1, 2, 3, 4, 5], [6, 7, 8, 9, 14.5]]).outliers == 0
    assert stats.estimate([[1, 1, 100]]).outliers == 0


@pytest.mark.parametrize("given_", [[], [[]], [[1], []], [[math.nan]], [[1, math.inf]]])
def test_trials_without_a_finite_median_are_refused(given_: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="median needs"):
        stats.estimate(given_)


@given(trials)
def test_the_interval_contains_the_value(given_: list[list[float]]) -> None:
    for positive in (True, False):
        found = stats.estimate(given_, positive)
        if len(given_) == 1:
            assert found.low is None
        else:
            assert found.low is not None
            assert found.high is not None
            assert found.low <= found.value <= found.high
    assert min(map(min, given_)) <= found.value <= max(map(max, given_))


@given(trials, st.floats(1e-3, 1e3))
def test_another_unit_gives_the_same_estimate(given_: list[list[float]], unit: float) -> None:
    one = stats.estimate(given_)
    other = stats.estimate([[value * unit for value in trial] for trial in given_])
    assert other.value == pytest.approx(one.value * unit)
    if one.low is not None and one.high is not None:
        assert other.low == pytest.approx(one.low * unit)
        assert other.high == pytest.approx(one.high * unit)


@given(trials, st.randoms(use_true_random=False))
def test_the_order_of_trials_and_values_does_not_matter(
    given_: list[list[float]], random: object
) -> None:
    mixed = [random.sample(trial, len(trial)) for trial in given_]  # type: ignore[attr-defined]
    random.shuffle(mixed)  # type: ignore[attr-defined]
    one, other = stats.estimate(given_), stats.estimate(mixed)
    assert (one.value, one.outliers, one.unstable) == (other.value, other.outliers, other.unstable)
    assert one.low == (None if other.low is None else pytest.approx(other.low))
