"""Counterbalanced orders (Williams designs): effects of position and predecessor cancel."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")


def rounds(items: Sequence[Item], count: int, rng: random.Random) -> list[list[Item]]:
    """Return ``count`` orders of ``items``: rows of Williams designs, shuffled by ``rng``.

    In every n rounds (2 n if n is odd) each of n items stands at each position equally often and
    follows each other item equally often (Williams 1949). Fewer rounds at the end are rows of one
    more such design, so that they are as balanced as their number allows.
    """
    if not items:
        return [[] for _ in range(count)]
    made: list[list[Item]] = []
    while len(made) < count:
        labels = list(items)
        rng.shuffle(labels)
        square = _williams(len(labels))
        rng.shuffle(square)
        made += [[labels[index] for index in row] for row in square]
    return made[:count]


def _williams(size: int) -> list[list[int]]:
    """Return the rows of a balanced Latin square; for odd ``size``, also the mirrored rows."""
    first = [0]
    for step in range(1, size):
        first.append((first[-1] + (step if step % 2 else -step)) % size)
    rows = [[(index + shift) % size for index in first] for shift in range(size)]
    return rows if size % 2 == 0 else rows + [row[::-1] for row in rows]
