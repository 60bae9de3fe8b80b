"""Orders in which no item profits from where it stands or what it follows."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")


def rounds(items: Sequence[Item], count: int, rng: random.Random) -> list[list[Item]]:
    """``count`` orders of ``items``: rows of Williams designs, shuffled by ``rng``.

    In every n rounds (2 n where n is odd) each of n items stands at each position equally often and
    follows each other one equally often (Williams 1949); what is left over is as near as it gets.
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
    """The rows of a balanced Latin square; both of a mirrored pair where ``size`` is odd."""
    first = [0]
    for step in range(1, size):
        first.append((first[-1] + (step if step % 2 else -step)) % size)
    rows = [[(index + shift) % size for index in first] for shift in range(size)]
    return rows if size % 2 == 0 else rows + [row[::-1] for row in rows]
