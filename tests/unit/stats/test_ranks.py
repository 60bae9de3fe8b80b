"""Places among values with bounds: those that can't be told apart share theirs."""

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


def test_who_lies_wholly_below_comes_before() -> None:
    assert places([(3, 4), (1, 2), (5, 6)]) == [(2, 2), (1, 1), (3, 3)]


def test_those_whose_bounds_meet_share_their_places() -> None:
    assert places([(1, 2), (10, 14), (13, 19), (14, 15)]) == [(1, 1), (2, 4), (2, 4), (2, 4)]
    assert places([(1, 2), (2, 3)]) == [(1, 2), (1, 2)]


def test_who_meets_two_that_do_not_meet_shares_with_both() -> None:
    assert places([(1, 2), (1.5, 3.5), (3, 4)]) == [(1, 2), (1, 3), (2, 3)]


def test_of_whom_nothing_is_known_may_be_anywhere() -> None:
    assert places([(1, 2), (0, float("inf")), (3, 4)]) == [(1, 2), (1, 3), (2, 3)]


@pytest.mark.parametrize("bounds", [(2.0, 1.0), (float("nan"), 1.0)])
def test_bounds_the_wrong_way_round_are_refused(bounds: Bounds) -> None:
    with pytest.raises(ValueError, match="at most"):
        places([bounds])


@given(SOME_BOUNDS)
def test_each_place_is_one_of_those_that_there_are(bounds: list[Bounds]) -> None:
    for first, last in places(bounds):
        assert 1 <= first <= last <= len(bounds)


@given(SOME_BOUNDS)
def test_the_order_of_the_values_themselves_is_one_of_those_that_may_be(
    bounds: list[Bounds],
) -> None:
    middles = [(low + high) / 2 for low, high in bounds]
    order = sorted(range(len(bounds)), key=lambda at: middles[at])
    for place, at in enumerate(order, 1):
        first, last = places(bounds)[at]
        assert first <= place <= last


@given(SOME_BOUNDS, some.tuples(some.floats(200, 300), some.floats(0, 10)))
def test_one_more_at_the_end_reorders_nobody(bounds: list[Bounds], more: Bounds) -> None:
    low, width = more
    *others, its = places([*bounds, (low, low + width)])
    assert others == places(bounds)
    assert its == (len(bounds) + 1, len(bounds) + 1)
