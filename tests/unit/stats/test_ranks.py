"""Ranks of values with bounds: values with overlapping bounds share their ranks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from harness.stats import places

Bounds = tuple[float, float]

SOME_BOUNDS = some.lists(
    some.tuples(some.floats(0, 100), some.floats(0, 10)).map(lambda at: (at[0], at[0] + at[1])),
    max_size=8,
)


def test_a_value_entirely_below_another_comes_before_it() -> None:
    assert places([(3, 4), (1, 2), (5, 6)]) == [(2, 2), (1, 1), (3, 3)]


def test_values_with_touching_bounds_share_their_ranks() -> None:
    assert places([(1, 2), (10, 14), (13, 19), (14, 15)]) == [(1, 1), (2, 4), (2, 4), (2, 4)]
    assert places([(1, 2), (2, 3)]) == [(1, 2), (1, 2)]


def test_a_value_that_overlaps_two_separate_ones_shares_ranks_with_both() -> None:
    assert places([(1, 2), (1.5, 3.5), (3, 4)]) == [(1, 2), (1, 3), (2, 3)]


def test_a_value_without_bounds_may_have_any_rank() -> None:
    assert places([(1, 2), (0, float("inf")), (3, 4)]) == [(1, 2), (1, 3), (2, 3)]


@pytest.mark.parametrize("bounds", [(2.0, 1.0), (float("nan"), 1.0)])
def test_a_low_bound_above_its_high_bound_is_refused(bounds: Bounds) -> None:
    with pytest.raises(ValueError, match="at most"):
        places([bounds])


@given(SOME_BOUNDS)
def test_ranks_lie_between_one_and_the_number_of_values(bounds: list[Bounds]) -> None:
    for first, last in places(bounds):
        assert 1 <= first <= last <= len(bounds)


@given(SOME_BOUNDS)
def test_the_order_of_the_midpoints_is_within_the_ranks(
    bounds: list[Bounds],
) -> None:
    middles = [(low + high) / 2 for low, high in bounds]
    order = sorted(range(len(bounds)), key=lambda at: middles[at])
    for place, at in enumerate(order, 1):
        first, last = places(bounds)[at]
        assert first <= place <= last


@given(SOME_BOUNDS, some.tuples(some.floats(200, 300), some.floats(0, 10)))
def test_another_value_at_the_end_leaves_the_other_ranks(
    bounds: list[Bounds], more: Bounds
) -> None:
    low, width = more
    *others, its = places([*bounds, (low, low + width)])
    assert others == places(bounds)
    assert its == (len(bounds) + 1, len(bounds) + 1)
