"""Fits over several sizes, with the interval of the rounds' own fits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from harness import stats
from harness.analysis.cells import CellFigures, makespan_s
from harness.analysis.run_data import RunData
from harness.stats import Estimate, Refusal

Fit = TypeVar("Fit")


def by_round(
    data: RunData,
    cells: Sequence[tuple[int, str]],
    fit: Callable[[Sequence[float], Sequence[float]], Fit | Refusal],
) -> dict[int, Fit]:
    """Fit each round on its own, over the median times of the cells of these sizes.

    A round without one of the sizes is left out, since its fit would be of other sizes.
    """
    rounds: dict[int, list[tuple[int, float]]] = {}
    for size, cell in cells:
        for number, taken in data.rounds(cell, makespan_s).items():
            rounds.setdefault(number, []).append((size, stats.median(taken)))
    fits = {
        number: fit(*columns(pairs)) for number, pairs in rounds.items() if len(pairs) == len(cells)
    }
    return {number: each for number, each in fits.items() if not isinstance(each, Refusal)}


def bounded(
    pooled: stats.Bounded, rounds: Sequence[float], good: Sequence[CellFigures]
) -> Estimate:
    """Return a value fitted to the medians over trials, with the interval of the rounds' own fits.

    How well medians lie on a line does not tell how much it differs between trials, so the
    interval is that of ``rounds``, as ``stats.estimate`` gives it; one round has no interval. How
    well the medians lie on a line is shown by the curve. Only if no round has all sizes, the
    interval is that of the pooled fit, from its residuals.
    """
    repetitions = sum(row.warm_s.repetitions for row in good if row.warm_s)
    if rounds:
        return stats.from_medians(rounds, pooled.value, False, repetitions, 0)
    trials = min((row.warm_s.trials for row in good if row.warm_s), default=0)
    return Estimate(pooled.value, pooled.low, pooled.high, trials, repetitions, None, False, 0)


def columns(pairs: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
    """Return the sizes and the times of pairs, each as a list."""
    return [first for first, _ in pairs], [second for _, second in pairs]
