"""How time grows with size: an exponent, or a fixed and a marginal cost, with their intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
import numpy as np

from harness.stats.estimates import t_quantile
from harness.stats.refusal import Refusal

MIN_SIZES = 4


class Bounded(msgspec.Struct, frozen=True):
    """A fitted value with its 95 % interval."""

    value: float
    low: float
    high: float


class Growth(msgspec.Struct, frozen=True, tag=True):
    """The exponent k of T ~ N**k, with its 95 % interval."""

    exponent: float
    low: float
    high: float
    points: int


class Line(msgspec.Struct, frozen=True, tag=True):
    """T = fixed + marginal * size; ``fixed`` is in the unit of T, ``marginal`` in T per size."""

    fixed: Bounded
    marginal: Bounded
    points: int


def growth(sizes: Sequence[float], times: Sequence[float]) -> Growth | Refusal:
    """The exponent of T ~ N**k: least squares on the logarithms, Student's t for the interval.

    Times in any unit, one per size (such as the median over trials), or several. A fixed cost
    pulls the exponent of small sizes towards 0; ``fixed_and_marginal`` tells them apart.
    """
    if refusal := _refusal(sizes, times):
        return refusal
    if min(sizes) <= 0:
        return Refusal("a size is not above zero, and has no logarithm")
    from scipy.stats import linregress  # in here: SciPy takes a second to import

    fitted = linregress([math.log(n) for n in sizes], [math.log(t) for t in times])
    half = t_quantile(len(sizes) - 2) * float(fitted.stderr)
    slope = float(fitted.slope)
    return Growth(slope, slope - half, slope + half, len(sizes))


def fixed_and_marginal(sizes: Sequence[float], times: Sequence[float]) -> Line | Refusal:
    """T = a + b * N: what a run costs whatever its size, and what each step adds.

    Least squares with weights 1 / T**2, since noise grows with what is measured: a size of ten
    then says as much as one of ten thousand. That is, a and b minimise the sum of
    ((T - a - b * N) / T)**2. Intervals are Student's t with n - 2 degrees of freedom, on the
    weighted residuals. They may reach below zero: then the part is not shown to exist.
    """
    return _refusal(sizes, times) or _line(sizes, times)


def per_byte(sizes_bytes: Sequence[float], times: Sequence[float]) -> Line | Refusal:
    """T = a + b * bytes: what a payload costs at all, and what each byte of it adds.

    The fit is that of ``fixed_and_marginal``; with times in seconds, ``marginal`` is in seconds
    per byte, and 1 / marginal the bandwidth. A size of zero is welcome.
    """
    return fixed_and_marginal(sizes_bytes, times)


def _refusal(sizes: Sequence[float], times: Sequence[float]) -> Refusal | None:
    """Why no line can be drawn, if so. Raises ``ValueError`` if the two differ in length."""
    if len(sizes) != len(times):
        raise ValueError(f"{len(sizes)} sizes have {len(times)} times")
    if len(set(sizes)) < MIN_SIZES:
        return Refusal(f"{len(set(sizes))} sizes were measured; a slope needs {MIN_SIZES}")
    if not min(times) > 0:
        return Refusal("a time is not above zero, and has no weight")
    return None


def _line(sizes: Sequence[float], times: Sequence[float]) -> Line:
    observed = np.array(times, dtype=np.float64)
    rows = np.stack([1 / observed, np.array(sizes, dtype=np.float64) / observed], axis=1)
    scale = np.linalg.norm(rows, axis=0)  # bytes and ones differ by nine orders of magnitude
    scaled = rows / scale
    solved = np.linalg.lstsq(scaled, np.ones(len(observed)), rcond=None)[0]
    residuals = 1 - scaled @ solved
    freedom = len(observed) - 2
    covariance = np.linalg.inv(scaled.T @ scaled) * float(residuals @ residuals) / freedom
    half = t_quantile(freedom) * np.sqrt(np.diag(covariance)) / scale
    fixed, marginal = (
        Bounded(float(value), float(value - reach), float(value + reach))
        for value, reach in zip(solved / scale, half, strict=True)
    )
    return Line(fixed, marginal, len(observed))
