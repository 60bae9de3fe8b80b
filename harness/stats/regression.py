"""Growth of time with size: an exponent, or a fixed and a marginal cost, with intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
import numpy as np

from harness.stats.estimates import t_quantile
from harness.stats.refusal import Refusal

#: Fewest distinct sizes for a fit.
MIN_SIZES = 4


class Bounded(msgspec.Struct, frozen=True):
    """A fitted value with its 95 % interval."""

    value: float
    low: float
    high: float


class Growth(msgspec.Struct, frozen=True, tag=True):
    """Exponent k of T ~ N**k, with its 95 % interval."""

    exponent: float
    low: float
    high: float
    points: int


class Line(msgspec.Struct, frozen=True, tag=True):
    """Line T = fixed + marginal * size; ``fixed`` is in the unit of T, ``marginal`` per size."""

    fixed: Bounded
    marginal: Bounded
    points: int


def growth(sizes: Sequence[float], times: Sequence[float]) -> Growth | Refusal:
    """Return the exponent k of T ~ N**k, by least squares of log T on log N.

    ``sizes`` and ``times`` have the same length, one time per size (such as the median over trials)
    or several, in any unit. The 95 % interval is k ± t(n - 2) * standard error
    (``scipy.stats.linregress``). A fixed cost lowers the exponent at small sizes;
    :func:`fixed_and_marginal` separates the two.

    Return a :class:`Refusal` if there are fewer than 4 distinct sizes, or a size or a time is not
    above zero. Raises ``ValueError`` if the two differ in length.
    """
    if refusal := _refusal(sizes, times):
        return refusal
    if min(sizes) <= 0:
        return Refusal(f"a size of {min(sizes):g} has no logarithm; sizes must be above zero")
    from scipy.stats import linregress  # imported late: SciPy takes a second

    fitted = linregress([math.log(n) for n in sizes], [math.log(t) for t in times])
    half = t_quantile(len(sizes) - 2) * float(fitted.stderr)
    slope = float(fitted.slope)
    return Growth(slope, slope - half, slope + half, len(sizes))


def fixed_and_marginal(sizes: Sequence[float], times: Sequence[float]) -> Line | Refusal:
    """Return the line T = a + b * N: cost of a run at any size, and cost of each further step.

    ``sizes`` and ``times`` have the same length; with times in some unit, a is in that unit and b
    in that unit per size. The fit is weighted least squares with weights 1 / T**2, because noise is
    proportional to the measured time: a and b minimise the sum of ((T - a - b * N) / T)**2, so that
    a size of ten has as much influence as one of ten thousand. The 95 % intervals are Student's t
    with n - 2 degrees of freedom, on the weighted residuals (as ``scipy.optimize.curve_fit`` with
    ``sigma=times``). An interval that contains zero does not show that the cost exists.

    Return a :class:`Refusal` if there are fewer than 4 distinct sizes, or a time is not above zero.
    Raises ``ValueError`` if the two differ in length.
    """
    return _refusal(sizes, times) or _line(sizes, times)


def per_byte(sizes_bytes: Sequence[float], times: Sequence[float]) -> Line | Refusal:
    """Return the line T = a + b * bytes: cost of any payload, and cost of each byte.

    Fit, refusals and errors are those of :func:`fixed_and_marginal`. With times in seconds,
    ``marginal`` is in seconds per byte, and 1 / marginal is the bandwidth in bytes per second. A
    size of zero is valid.
    """
    return fixed_and_marginal(sizes_bytes, times)


def _refusal(sizes: Sequence[float], times: Sequence[float]) -> Refusal | None:
    """Return the reason why no line can be fitted, or None.

    Raises ``ValueError`` if the two differ in length.
    """
    if len(sizes) != len(times):
        raise ValueError(f"{len(sizes)} sizes have {len(times)} times; give one time per size")
    if len(set(sizes)) < MIN_SIZES:
        return Refusal(f"{len(set(sizes))} sizes were measured; a slope needs {MIN_SIZES}")
    if not min(times) > 0:
        return Refusal(f"a time of {min(times):g} cannot be fitted; times must be above zero")
    return None


def _line(sizes: Sequence[float], times: Sequence[float]) -> Line:
    observed = np.array(times, dtype=np.float64)
    rows = np.stack([1 / observed, np.array(sizes, dtype=np.float64) / observed], axis=1)
    scale = np.linalg.norm(rows, axis=0)  # the columns differ by up to nine orders of magnitude
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
