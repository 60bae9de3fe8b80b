"""METG of frameworks with a known cost per step."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import stats
from harness.stats import Metg, Refusal, SweepPoint

MS = 1e6
SIZES = [0.25 * MS * 4**n for n in range(6)]


def additive(cost: float, sizes: list[float] = SIZES) -> list[SweepPoint]:
    return [SweepPoint(size, size + cost) for size in sizes]


def found(points: list[SweepPoint], level: float = 0.5) -> Metg:
    answer = stats.metg(points, level)
    assert isinstance(answer, Metg), answer
    return answer


def refused(points: list[SweepPoint]) -> str:
    answer = stats.metg(points)
    assert isinstance(answer, Refusal), answer
    return answer.reason


@pytest.mark.parametrize("cost_ms", [1, 10, 100])
def test_a_cost_per_step_gives_twice_the_cost(cost_ms: int) -> None:
    answer = found(additive(cost_ms * MS))
    assert answer.granularity_ns == pytest.approx(2 * cost_ms * MS)
    assert answer.step_ns == pytest.approx(cost_ms * MS)
    assert answer.crossings == 1
    assert answer.below.efficiency < 0.5 <= answer.above.efficiency


@given(
    st.floats(1, 1e9),
    st.floats(0.05, 0.95),
    st.lists(st.floats(1, 1e9), min_size=2, max_size=9, unique=True),
    st.randoms(use_true_random=False),
)
def test_metg_follows_from_cost_and_level_for_any_points_in_any_order(
    cost: float, level: float, sizes: list[float], random: object
) -> None:
    points = additive(cost, sizes)
    random.shuffle(points)  # type: ignore[attr-defined]
    answer = stats.metg(points, level)
    expected = cost / (1 - level)
    if isinstance(answer, Refusal):
        crossing = level * expected
        assert min(sizes) >= crossing * (1 - 1e-9) or max(sizes) <= crossing * (1 + 1e-9)
    else:
        assert answer.granularity_ns == pytest.approx(expected, rel=1e-6)
        assert answer.step_ns / answer.granularity_ns == pytest.approx(level)


def test_a_point_at_the_level_is_the_answer() -> None:
    assert found([SweepPoint(1, 4), SweepPoint(3, 6), SweepPoint(9, 12)]).granularity_ns == 6


def test_points_on_one_side_are_refused() -> None:
    assert "larger steps" in refused(additive(100 * MS, [1 * MS, 2 * MS]))
    assert "smaller steps" in refused(additive(1 * MS, [10 * MS, 20 * MS]))
    assert "larger steps" in refused([])


def test_a_lucky_small_step_does_not_change_metg() -> None:
    clean = additive(10 * MS)
    lucky = [SweepPoint(SIZES[0], SIZES[0] * 1.1), *clean[1:]]
    assert found(lucky).granularity_ns == found(clean).granularity_ns
    assert (found(lucky).crossings, found(clean).crossings) == (2, 1)


def test_an_unlucky_large_step_raises_metg() -> None:
    points = [SweepPoint(1, 10), SweepPoint(10, 15), SweepPoint(20, 50), SweepPoint(40, 50)]
    answer = found(points)
    assert (answer.below, answer.above, answer.crossings) == (points[2], points[3], 3)
    assert answer.granularity_ns == 50


def test_efficiency_lost_at_the_largest_step_is_refused() -> None:
    assert "noise" in refused([SweepPoint(1, 10), SweepPoint(10, 15), SweepPoint(20, 50)])


def test_points_of_one_step_time_count_as_their_median() -> None:
    once = [SweepPoint(1, 11), SweepPoint(20, 30)]
    thrice = [SweepPoint(1, 11), SweepPoint(20, 30), SweepPoint(20, 29), SweepPoint(20, 900)]
    assert found(thrice).granularity_ns == found(once).granularity_ns


@pytest.mark.parametrize("level", [0.0, 1.0, 1.5])
def test_a_level_outside_zero_to_one_is_an_error(level: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        stats.metg(additive(1), level)


@pytest.mark.parametrize("point", [SweepPoint(0, 1), SweepPoint(1, 0), SweepPoint(-1, 1)])
def test_a_time_that_is_not_above_zero_is_an_error(point: SweepPoint) -> None:
    with pytest.raises(ValueError, match="above zero"):
        stats.metg([point])
