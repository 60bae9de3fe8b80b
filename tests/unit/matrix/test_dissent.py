"""Other decision methods: the library's results compared with results by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymcdm import methods

from harness.matrix.dissent import of_others
from harness.matrix.model import Scored
from harness.matrix.ranking import total
from tests.unit.matrix.made import EQUAL, NAMES, exact, several, weights


def orders(found: list[Scored], given: dict[str, float]) -> dict[str, tuple[str, ...]]:
    return {each.method: each.order for each in of_others(found, given)}


def test_the_best_in_everything_is_first_by_every_method() -> None:
    found = [
        exact(name, **dict.fromkeys(NAMES, mid))
        for name, mid in (("c", 0.1), ("a", 0.9), ("b", 0.5))
    ]
    assert orders(found, EQUAL) == dict.fromkeys(("TOPSIS", "PROMETHEE II", "RIM"), ("a", "b", "c"))


def test_methods_differ_where_they_should() -> None:
    # b leads by little twice, and by nothing that PROMETHEE counts; a leads by a lot once.
    a, b = (
        exact("a", speed=0.50, people=0.50, does=0.56),
        exact("b", speed=0.54, people=0.54, does=0.50),
    )
    assert total(b, EQUAL).mid > total(a, EQUAL).mid
    assert orders([a, b], EQUAL)["PROMETHEE II"] == ("a", "b")
    assert orders([a, b], EQUAL)["RIM"] == ("b", "a")


def test_indistinguishable_frameworks_share_the_first_place() -> None:
    # No difference is above 5 points, so that PROMETHEE counts none: all of its flows are 0.
    a, b, c = (
        exact("a", speed=0.50, people=0.50, does=0.5),
        exact("b", speed=0.53, people=0.52, does=0.5),
        exact("c", speed=0.10, people=0.10, does=0.1),
    )
    two = {each.method: each for each in of_others([a, b], EQUAL)}
    assert (two["PROMETHEE II"].first, two["PROMETHEE II"].order) == (("a", "b"), ("a", "b"))
    assert two["RIM"].first == two["TOPSIS"].first == ("b",)
    three = {each.method: each for each in of_others([c, b, a], EQUAL)}["PROMETHEE II"]
    assert (three.first, three.order) == (("a", "b"), ("a", "b", "c"))


def test_no_method_is_computed_if_there_is_no_choice() -> None:
    one, same = exact("a", speed=0.5, people=0.1, does=0), exact("b", speed=0.5, people=0.1, does=1)
    assert of_others([one], EQUAL) == ()
    assert of_others([], EQUAL) == ()
    assert of_others([one, same], {"speed": 1.0, "people": 1.0, "does": 0.0}) == ()


@given(several, weights)
def test_one_more_framework_does_not_reorder_the_others_by_rim(
    found: list[Scored], given: dict[str, float]
) -> None:
    *others, newcomer = found
    if (without := orders(others, given)) and (whole := orders(found, given)):
        kept = tuple(name for name in whole["RIM"] if name != newcomer.framework)
        assert kept == without["RIM"]


@given(several, weights)
def test_spotis_on_the_fixed_bounds_is_our_weighted_mean(
    found: list[Scored], given: dict[str, float]
) -> None:
    """Compare the ranking with an independent one: the distance to the ideal is 1 - total."""
    matrix = [[each.criteria[name].score.mid for name in given] for each in found]
    shares = np.array(list(given.values())) / sum(given.values())
    spotis = methods.SPOTIS(np.array([[0.0, 1.0]] * len(given)))
    said = spotis(np.array(matrix), shares, np.ones(len(given)), validation=False)
    for each, distance in zip(found, said, strict=True):
        assert 1 - distance == pytest.approx(total(each, given).mid, abs=1e-9)


@given(several, weights, st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(
    found: list[Scored], given: dict[str, float], random: object
) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert orders(shuffled, given) == orders(found, given)
