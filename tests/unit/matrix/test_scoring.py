"""Readings on fixed bounds: known answers, and what must always hold."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.matrix.model import Indicator, Reading, Score
from harness.matrix.scoring import mean, of_reading, scored
from tests.unit.matrix.made import CRITERIA, CRON, OVERHEAD, STARS, WIDEST, reading

finite = st.floats(-1e12, 1e12)
shares = st.floats(0, 1)


def near(score: Score, low: float, mid: float, high: float) -> bool:
    return (score.low, score.mid, score.high) == pytest.approx((low, mid, high))


@pytest.mark.parametrize(
    ("indicator", "value", "points"),
    [
        (OVERHEAD, 0.001, 1.0),
        (OVERHEAD, 0.1, 0.5),  # half way in ratios: two decades of four
        (OVERHEAD, 10, 0.0),
        (OVERHEAD, 100, 0.0),
        (OVERHEAD, -0.5, 1.0),  # noise around nothing
        (STARS, 0, 0.0),
        (STARS, 2.5, 0.25),
        (STARS, 11, 1.0),
        (CRON, 0.5, 0.5),
        (WIDEST, 1000, 0.5),
    ],
)
def test_a_reading_lies_where_it_is_between_the_bounds(
    indicator: Indicator, value: float, points: float
) -> None:
    assert near(of_reading(indicator, reading("a", indicator.id, value)), *[points] * 3)


def test_the_interval_goes_through_the_same_scale() -> None:
    found = of_reading(OVERHEAD, reading("a", "overhead", 0.1, low=0.01, high=math.inf))
    assert near(found, 0.0, 0.5, 0.75)


def test_a_reading_that_is_not_a_number_is_named_with_its_source() -> None:
    broken = reading("a", "overhead", math.nan, sources=("results/r/trials/t",))
    with pytest.raises(UsageError, match=r"a: overhead is nan .* results/r/trials/t"):
        of_reading(OVERHEAD, broken)
    with pytest.raises(UsageError, match="not a number"):
        of_reading(STARS, reading("a", "stars", 1, low=math.nan))


def test_a_criterion_is_the_weighted_mean_of_its_indicators() -> None:
    readings = [reading("a", "cron", 1.0), reading("a", "widest", 1000)]
    found = scored(CRITERIA, "a", readings, "inprocess").criteria["does"]
    assert near(found.score, *[(1 * 1 + 3 * 0.5) / 4] * 3)
    assert found.known == 1


def test_intervals_of_readings_add_up_as_squares() -> None:
    parts = [(1.0, Score(0.2, 0.5, 0.5)), (1.0, Score(0.1, 0.5, 0.9))]
    assert near(mean(parts), 0.5 - math.hypot(0.3, 0.4) / 2, 0.5, 0.5 + 0.4 / 2)


def test_a_missing_reading_is_the_whole_scale_and_never_a_silent_zero() -> None:
    found = scored(CRITERIA, "a", [], "inprocess")
    for criterion in found.criteria.values():
        assert near(criterion.score, 0.0, 0.5, 1.0)
        assert criterion.known == 0
    assert not found.known


def test_a_reading_without_a_value_counts_as_missing_and_stays_with_its_note() -> None:
    readings = [reading("a", "overhead", None, mode="inprocess", note="needs a cluster")]
    found = scored(CRITERIA, "a", readings, "inprocess")
    (point,) = found.criteria["speed"].points
    assert point.score == Score(0.0, 0.5, 1.0)
    assert point.reading == readings[0]
    assert not point.known
    assert not found.known


@pytest.mark.parametrize(
    ("low", "high", "points"),
    [
        (None, 0.1, (0.5, 0.75, 1.0)),  # no more than that: the better half is left
        (1.0, None, (0.0, 0.125, 0.25)),
        (0.01, 0.1, (0.5, 0.625, 0.75)),
        (20.0, None, (0.0, 0.0, 0.0)),  # beyond the worse bound, however far
        (None, None, (0.0, 0.5, 1.0)),
    ],
)
def test_a_reading_with_one_bound_covers_the_rest_of_the_scale(
    low: float | None, high: float | None, points: tuple[float, float, float]
) -> None:
    bounded = reading("a", "overhead", None, mode="inprocess", low=low, high=high)
    assert near(of_reading(OVERHEAD, bounded), *points)
    found = scored(CRITERIA, "a", [bounded], "inprocess").criteria["speed"]
    assert found.known == (0.0 if low is high is None else 1.0)
    with pytest.raises(UsageError, match="not a number"):
        of_reading(OVERHEAD, reading("a", "overhead", None, low=math.nan))


def test_the_missing_part_of_a_criterion_widens_it() -> None:
    found = scored(CRITERIA, "a", [reading("a", "widest", 1000)], "inprocess").criteria["does"]
    assert found.known == 0.75
    assert near(found.score, 0.5 - 0.125, (3 * 0.5 + 0.5) / 4, 0.5 + 0.125)


def test_modes_are_never_compared_unless_an_indicator_says_so() -> None:
    readings = [
        reading("a", "overhead", 0.001, mode="server"),
        reading("a", "cron", 0.0, mode="inprocess"),
        reading("a", "cron", 1.0, mode="server"),
    ]
    found = scored(CRITERIA, "a", readings, "inprocess").criteria
    assert found["speed"].known == 0
    cron = found["does"].points[0]
    assert cron.reading is not None
    assert (cron.score.mid, cron.reading.mode) == (1.0, "server")


def test_a_reading_without_a_mode_counts_in_each() -> None:
    found = scored(CRITERIA, "a", [reading("a", "overhead", 0.001)], "server")
    assert found.criteria["speed"].score.mid == 1


@given(
    st.sampled_from([OVERHEAD, STARS, CRON, WIDEST]),
    st.lists(finite, min_size=3, max_size=3),
    st.floats(0, 1e6),
)
def test_a_better_reading_never_has_a_lower_score(
    indicator: Indicator, values: list[float], better: float
) -> None:
    low, value, high = sorted(values)
    sign = 1 if indicator.better == "higher" else -1
    one = reading("a", indicator.id, value, low=low, high=high, mode="inprocess")
    other = reading(
        "a",
        indicator.id,
        value + sign * better,
        low=low + sign * better,
        high=high + sign * better,
        mode="inprocess",
    )
    assume(math.isfinite(value + better))
    before, after = (of_reading(indicator, each) for each in (one, other))
    assert before.low <= after.low
    assert before.mid <= after.mid
    assert before.high <= after.high
    worse, good = (scored(CRITERIA, "a", [each], "inprocess") for each in (one, other))
    for name in CRITERIA.criteria:
        ends = zip(
            *(
                (each.low, each.mid, each.high)
                for each in (worse.criteria[name].score, good.criteria[name].score)
            ),
            strict=True,
        )
        assert all(first <= second + 1e-12 for first, second in ends)


readings = st.lists(
    st.builds(
        Reading,
        framework=st.sampled_from("ab"),
        indicator=st.sampled_from([each.id for each in (OVERHEAD, STARS, CRON, WIDEST)]),
        value=st.none() | st.floats(0, 20_000),
        mode=st.sampled_from(["", "inprocess", "server"]),
    ),
    max_size=8,
)


@given(readings, st.randoms(use_true_random=False))
def test_the_order_of_readings_and_other_frameworks_do_not_matter(
    found: list[Reading], random: st.DataObject
) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    own = [each for each in found if each.framework == "a"]
    first, second, third = (
        scored(CRITERIA, "a", each, "inprocess") for each in (found, shuffled, own)
    )
    assert first.criteria["does"].score == second.criteria["does"].score
    assert {k: v.score for k, v in first.criteria.items()} == {
        k: v.score for k, v in third.criteria.items()
    }


@given(st.lists(st.tuples(st.floats(0.1, 10), shares, shares, shares), min_size=1, max_size=6))
def test_a_mean_lies_within_its_parts(parts: list[tuple[float, float, float, float]]) -> None:
    made = [(weight, Score(*sorted(ends))) for weight, *ends in parts]
    found = mean(made)
    assert 0 <= found.low <= found.mid + 1e-12
    assert found.mid <= found.high + 1e-12 <= 1 + 2e-12
    assert min(s.mid for _, s in made) - 1e-9 <= found.mid <= max(s.mid for _, s in made) + 1e-9
