"""Counterbalanced orders of trials: positions and predecessors are balanced."""

from __future__ import annotations

import random
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.planning.counterbalance import rounds

SIZES = st.integers(1, 9)
SEEDS = st.integers(0, 2**32)


def block(size: int) -> int:
    """Return the number of rounds after which the balance is exact: n if n is even, else 2 n."""
    return size if size % 2 == 0 else 2 * size


@given(SIZES, st.integers(0, 40), SEEDS)
def test_every_round_holds_each_item_once(size: int, count: int, seed: int) -> None:
    made = rounds(range(size), count, random.Random(seed))
    assert len(made) == count
    assert all(sorted(each) == list(range(size)) for each in made)


@given(SIZES, st.integers(1, 3), SEEDS)
def test_each_item_stands_at_each_place_equally_often(size: int, blocks: int, seed: int) -> None:
    made = rounds(range(size), blocks * block(size), random.Random(seed))
    places = Counter((place, item) for each in made for place, item in enumerate(each))
    expected = blocks * block(size) // size
    assert places == {(p, i): expected for p in range(size) for i in range(size)}


@given(SIZES, st.integers(1, 3), SEEDS)
def test_each_item_follows_each_other_equally_often(size: int, blocks: int, seed: int) -> None:
    made = rounds(range(size), blocks * block(size), random.Random(seed))
    follows = Counter(pair for each in made for pair in pairwise(each))
    # n - 1 neighbours a round, shared by n (n - 1) pairs.
    expected = blocks * block(size) // size
    assert follows == {(a, b): expected for a in range(size) for b in range(size) if a != b}


@given(SIZES, st.integers(0, 40), SEEDS)
def test_an_incomplete_block_is_as_balanced_as_possible(size: int, count: int, seed: int) -> None:
    made = rounds(range(size), count, random.Random(seed))
    places = Counter((place, item) for each in made for place, item in enumerate(each))
    every = [places[p, i] for p in range(size) for i in range(size)]
    slack = 1 if size % 2 == 0 else 2
    assert max(every) - min(every) <= slack


@pytest.mark.parametrize("count", [0, 3])
def test_rounds_without_items_are_empty(count: int) -> None:
    assert rounds([], count, random.Random(1)) == [[]] * count


def test_orders_depend_on_the_seed_only() -> None:
    one, same, other = (rounds("abcd", 12, random.Random(seed)) for seed in (1, 1, 2))
    assert one == same != other


def test_each_block_is_shuffled_again() -> None:
    made = rounds("abcdef", 18, random.Random(1))
    blocks = {tuple(map(tuple, made[n : n + 6])) for n in (0, 6, 12)}
    assert len(blocks) == 3
