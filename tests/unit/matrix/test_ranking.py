"""The order, and what would change it: known answers, and what must always hold."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from scipy.optimize import linprog

from harness.matrix import chance
from harness.matrix.model import Move, Scored
from harness.matrix.ranking import smallest_move, spans, standings, tenths, total
from tests.unit.matrix.made import EQUAL, NAMES, SURE, UNSURE, exact, ranged, several, weights


def order(found: list[Scored], given: dict[str, float]) -> list[str]:
    return [each.framework for each in standings(found, given)]


def test_totals_ranks_and_ties_by_hand() -> None:
    found = standings(
        [
            exact("c", speed=0.2, people=0.4, does=0.6),
            exact("b", speed=0.9, people=0.3, does=0.6),
            exact("a", speed=0.6, people=0.4, does=0.2),
        ],
        {"speed": 1.0, "people": 2.0, "does": 1.0},
    )
    # (0.9 + 0.6 + 0.6) / 4, (0.6 + 0.8 + 0.2) / 4 and (0.2 + 0.8 + 0.6) / 4
    assert [(each.framework, each.rank) for each in found] == [("b", 1), ("a", 2), ("c", 2)]
    assert [round(each.score.mid, 9) for each in found] == [0.525, 0.4, 0.4]
    assert not any(each.tied for each in found)  # exact readings are distinguishable


def test_one_indistinguishable_from_the_first_is_tied_with_it() -> None:
    wide = dict.fromkeys(NAMES, (0.3, 0.5, 0.7))
    found = standings(
        [
            exact("a", speed=0.6, people=0.6, does=0.6),
            ranged("b", wide),
            exact("c", **dict.fromkeys(NAMES, 0.4)),
        ],
        EQUAL,
    )
    assert [each.tied for each in found] == [False, True, False]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0.0"),
        (1, "100.0"),
        (0.5, "50.0"),
        (0.12345, "12.3"),
        (0.6125, "61.3"),
        (0.6124999999, "61.3"),
        (0.99996, "100.0"),
    ],
)
def test_points_are_rounded_half_up_to_a_tenth(value: float, shown: str) -> None:
    assert tenths(value) == shown


@given(several, weights)
def test_a_page_can_repeat_the_order_from_what_is_documented(
    found: list[Scored], given: dict[str, float]
) -> None:
    keys = {}
    for each in found:
        sum_, whole = 0.0, 0.0
        for name, weight in given.items():
            sum_ += weight * each.criteria[name].score.mid
            whole += weight
        keys[each.framework] = math.floor(sum_ / whole * 1e6 + 0.5)
    assert order(found, given) == sorted(keys, key=lambda name: (-keys[name], name))
    for standing in standings(found, given):
        assert standing.rank == 1 + sum(key > keys[standing.framework] for key in keys.values())


@given(several, weights)
def test_one_more_framework_does_not_reorder_the_others(
    found: list[Scored], given: dict[str, float]
) -> None:
    *others, newcomer = found
    assert [n for n in order(found, given) if n != newcomer.framework] == order(others, given)


@given(several, weights, st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(
    found: list[Scored], given: dict[str, float], random: Any
) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)
    assert standings(shuffled, given) == standings(found, given)
    assert smallest_move(shuffled, given) == smallest_move(found, given)
    assert spans(shuffled, given) == spans(found, given)


@given(several, weights, st.sampled_from([0.01, 0.5, 3.0, 1000.0]))
def test_weights_may_be_given_in_any_unit(
    found: list[Scored], given: dict[str, float], factor: float
) -> None:
    scaled = {name: weight * factor for name, weight in given.items()}
    for each in found:
        assert total(each, scaled).mid == pytest.approx(total(each, given).mid, abs=1e-12)


def test_the_smallest_move_by_hand() -> None:
    first = exact("a", speed=0.8, people=0.5, does=0.2)
    other = exact("b", speed=0.4, people=0.5, does=0.3)
    # Leads 0.4, 0, -0.1 with a third each: a gap of 0.1. From speed to does each unit closes 0.5.
    move = smallest_move([first, other], EQUAL)
    assert move is not None
    assert (move.to, move.onto) == ("b", "does")
    assert move.points == pytest.approx(20)
    assert move.taken == {"speed": pytest.approx(20)}


def test_no_weights_help_against_one_that_is_at_least_as_good_in_everything() -> None:
    better, worse = (
        exact("a", speed=0.8, people=0.5, does=0.2),
        exact("b", speed=0.4, people=0.5, does=0.2),
    )
    assert smallest_move([better, worse], EQUAL) is None
    assert smallest_move([better], EQUAL) is None


@pytest.mark.parametrize("other", [(0.3, 0.2, 0.1), (0.1, 0.2, 0.3)])
def test_the_move_is_empty_for_equally_many_points(other: tuple[float, float, float]) -> None:
    """Cover two that lead in different criteria (a gap in the last bit) and two that are equal."""
    first = exact("a", speed=0.1, people=0.2, does=0.3)
    level = exact("b", **dict(zip(NAMES, other, strict=True)))
    assert smallest_move([first, level], EQUAL) == Move("b", 0.0, {}, "")


def moved(
    given: dict[str, float], taken: dict[str, float], onto: str, share: float
) -> dict[str, float]:
    whole = sum(given.values())
    points = {name: weight / whole * 100 for name, weight in given.items()}
    for name, each in taken.items():
        points[name] = max(points[name] - each * share, 0.0)
        points[onto] += each * share
    return points


@given(several, weights)
def test_the_smallest_move_changes_the_winner_and_a_little_less_does_not(
    found: list[Scored], given: dict[str, float]
) -> None:
    winner = order(found, given)[0]
    move = smallest_move(found, given)
    assume(move is not None and move.points > 0.01)
    assert move is not None
    by_name = {each.framework: each for each in found}

    def lead(share: float) -> float:
        changed = moved(given, move.taken, move.onto, share)
        return total(by_name[winner], changed).mid - total(by_name[move.to], changed).mid

    assert lead(1.0) == pytest.approx(0, abs=1e-9)
    assert lead(0.99) > 0
    assert order(found, moved(given, move.taken, move.onto, 0.99))[0] == winner


@given(several, weights)
def test_no_solver_finds_a_smaller_move(found: list[Scored], given: dict[str, float]) -> None:
    """Least sum(u) for which the lead is gone: w - u + v stays on the simplex, sum(u) = sum(v)."""
    by_name = {each.framework: each for each in found}
    winner, *rest = order(found, given)
    shares = np.array(list(given.values())) / sum(given.values())
    best = math.inf
    for other in rest:
        leads = np.array(
            [
                by_name[winner].criteria[name].score.mid - by_name[other].criteria[name].score.mid
                for name in given
            ]
        )
        if leads.min() >= 0:
            continue
        solved = linprog(
            np.r_[np.ones(3), np.zeros(3)],
            A_ub=[np.r_[-leads, leads]],
            b_ub=[-leads @ shares],
            A_eq=[np.r_[np.ones(3), -np.ones(3)]],
            b_eq=[0],
            bounds=[*((0, share) for share in shares), *[(0, None)] * 3],
        )
        assert solved.status == 0
        best = min(best, solved.fun * 100)
    if any(each.rank == 1 for each in standings(found, given)[1:]):
        best = 0.0  # of who is level and nowhere better, no solver was asked
    move = smallest_move(found, given)
    assert (math.inf if move is None else move.points) == pytest.approx(best, abs=1e-6)


def test_the_span_of_a_weight_by_hand() -> None:
    first = exact("a", speed=0.8, people=0.5, does=0.2)
    other = exact("b", speed=0.4, people=0.5, does=0.6)
    found = spans([first, other], {"speed": 2.0, "people": 1.0, "does": 1.0})
    # Without speed, people and does each have half: a is 0.2 behind there, and 0.4 ahead in speed.
    assert (found["speed"].share, found["speed"].below) == (0.5, "b")
    assert found["speed"].low == pytest.approx(1 / 3)
    assert (found["speed"].high, found["speed"].above) == (1.0, "")
    assert (found["people"].low, found["people"].high) == (0.0, 1.0)
    # Without does, speed has two thirds: 0.8 / 3 ahead there, and 0.4 behind in does.
    assert found["does"].high == pytest.approx(0.4)


@example(
    [exact("a", people=0.0, does=0.0), exact("b", people=0.1, does=0.0)],
    {"people": 0.0, "does": 1.0},
)
@given(several, weights)
def test_inside_its_span_a_weight_keeps_the_winner_and_outside_it_does_not(
    found: list[Scored], given: dict[str, float]
) -> None:
    by_name = {each.framework: each for each in found}
    winner = order(found, given)[0]

    def leads(name: str, share: float, other: str) -> float:
        rest = sum(weight for key, weight in given.items() if key != name)
        changed = {
            key: share if key == name else (1 - share) * weight / rest
            for key, weight in given.items()
        }
        return total(by_name[winner], changed).mid - total(by_name[other], changed).mid

    for name, span in spans(found, given).items():
        if not any(weight for key, weight in given.items() if key != name):
            assert (span.low, span.high) == (0, 1)
            continue
        inside = (span.low + span.high) / 2
        assert all(leads(name, inside, other) > -1e-9 for other in by_name)
        if span.above and span.high < 0.99:
            assert leads(name, span.high + 0.01, span.above) < 1e-9
        if span.below and span.low > 0.01:
            assert leads(name, span.low - 0.01, span.below) < 1e-9


def test_certain_scores_have_certain_chances() -> None:
    best, worst = (
        exact("a", speed=0.9, people=0.9, does=0.9),
        exact("b", speed=0.1, people=0.1, does=0.1),
    )
    assert chance.of_first([best, worst], EQUAL, UNSURE) == {"a": 1.0, "b": 0.0}
    assert chance.of_first([worst], EQUAL, UNSURE) == {"b": 1.0}
    assert chance.of_first([], EQUAL, UNSURE) == {}


def test_equals_share_the_first_place() -> None:
    same = [exact(name, speed=0.5, people=0.5, does=0.5) for name in "ab"]
    assert chance.of_first(same, EQUAL, SURE) == {"a": 0.5, "b": 0.5}


def test_two_with_the_same_doubt_have_even_chances() -> None:
    wide = dict.fromkeys(NAMES, (0.2, 0.5, 0.8))
    found = chance.of_first([ranged("a", wide), ranged("b", wide)], EQUAL, UNSURE)
    assert found["a"] == pytest.approx(0.5, abs=0.05)


def test_a_normal_doubt_gives_the_probability_that_tables_give() -> None:
    # One criterion, b one standard deviation below a, who is certain: Phi(-1) = 0.159.
    sigma = 0.1
    b = ranged("b", {"speed": (0.5 - 1.959964 * sigma, 0.5, 0.5 + 1.959964 * sigma)})
    found = chance.of_first([exact("a", speed=0.6), b], {"speed": 1.0}, UNSURE)
    assert found["b"] == pytest.approx(0.159, abs=0.025)


def test_unsure_weights_alone_can_change_the_winner() -> None:
    pair = [
        exact("a", speed=0.9, people=0.5, does=0.0),
        exact("b", speed=0.0, people=0.5, does=0.88),
    ]
    assert chance.of_first(pair, EQUAL, SURE)["a"] == pytest.approx(1.0, abs=0.01)
    assert 0.3 < chance.of_first(pair, EQUAL, UNSURE)["b"] < 0.5


def test_a_weight_of_zero_stays_zero() -> None:
    pair = [exact("a", speed=0.6, people=0.0), exact("b", speed=0.5, people=1.0)]
    assert chance.of_first(pair, {"speed": 1.0, "people": 0.0}, UNSURE) == {"a": 1.0, "b": 0.0}


@given(several, weights, st.randoms(use_true_random=False))
def test_chances_add_up_and_do_not_depend_on_the_order(
    found: list[Scored], given: dict[str, float], random: Any
) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)
    chances = chance.of_first(found, given, UNSURE)
    assert sum(chances.values()) == pytest.approx(1)
    assert chance.of_first(shuffled, given, UNSURE) == pytest.approx(chances)
