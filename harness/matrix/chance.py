"""Probability of rank 1 for each framework, given uncertain weights and readings."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

import numpy as np

from harness.matrix.model import Scored
from harness.matrix.weights import Uncertainty

_NORMAL_95 = 1.959964


def of_first(
    all_scored: Sequence[Scored], weights: Mapping[str, float], uncertainty: Uncertainty
) -> dict[str, float]:
    """Return the share of seeded draws in which each has the highest total; equals share a draw.

    Weights are drawn from a Dirichlet distribution around the given ones; a weight of zero stays
    zero. Each criterion's score is drawn from a normal distribution around it with its own 95 %
    interval, separately below and above, and clipped to 0 to 1. The draws for a framework depend on
    its name only, so the order of the input and other frameworks do not matter.
    """
    if not all_scored:
        return {}
    whole = sum(weights.values())
    random = np.random.default_rng(uncertainty.seed)
    shapes = [uncertainty.concentration * weight / whole for weight in weights.values()]
    drawn = random.gamma(shapes, size=(uncertainty.draws, len(shapes)))
    drawn /= drawn.sum(axis=1, keepdims=True)
    totals = np.stack([(_scores(one, weights, uncertainty) * drawn).sum(1) for one in all_scored])
    first = totals == totals.max(axis=0)
    shares = (first / first.sum(axis=0)).mean(axis=1)
    return {each.framework: float(share) for each, share in zip(all_scored, shares, strict=True)}


def _scores(
    scored: Scored, weights: Mapping[str, float], uncertainty: Uncertainty
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Draw the scores of one framework: a row per draw, a column per criterion."""
    chosen = [scored.criteria[name].score for name in weights]
    low, mid, high = (
        np.array([getattr(each, part) for each in chosen]) for part in ("low", "mid", "high")
    )
    random = np.random.default_rng([uncertainty.seed, zlib.crc32(scored.framework.encode())])
    away = random.standard_normal((uncertainty.draws, len(chosen))) / _NORMAL_95
    drawn = mid + np.where(away < 0, away * (mid - low), away * (high - mid))
    clipped: np.ndarray[tuple[int, ...], np.dtype[np.float64]] = np.clip(drawn, 0.0, 1.0)
    return clipped
