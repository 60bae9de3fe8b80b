"""Medians with confidence intervals, from trials that each repeat the same measurement."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from functools import lru_cache

import msgspec

#: Confidence level of every interval.
CONFIDENCE = 0.95
#: Relative spread between trials at which an estimate is flagged as unstable.
UNSTABLE_SPREAD = 0.10
#: Fewest trials for an interval of order statistics: with 5, the smallest and the largest cover
#: the median with a probability of 1 - 2 / 2**5, which is less than 0.95.
MIN_ORDERED = 6
#: Distance of Tukey's fences from the quartiles, in interquartile ranges.
TUKEY = 1.5


class Estimate(msgspec.Struct, frozen=True):
    """A median over trials, in the unit of the measured values, with its interval and spread."""

    value: float
    low: float | None  #: lower end of the 95 % interval; None with one trial
    high: float | None  #: upper end
    trials: int
    repetitions: int  #: over all trials
    spread: float | None  #: (max - min) / |median| of the trials; None with one, or if median is 0
    unstable: bool  #: spread >= 10 %; False with one trial
    outliers: int  #: repetitions beyond Tukey's fences: counted, never removed


def median(values: Sequence[float]) -> float:
    """Return the median of ``values``, in their unit.

    With an even number of values it is the mean of the middle two. Raises
    ``statistics.StatisticsError`` if ``values`` is empty.
    """
    return statistics.median(values)


def estimate(by_trial: Sequence[Sequence[float]], positive: bool = True) -> Estimate:
    """Return the median over trials of each trial's median, with a 95 % interval.

    ``by_trial`` holds one sequence of repetitions per trial, in any unit; sequences may differ in
    length. ``value``, ``low`` and ``high`` of the result are in the same unit.

    Repetitions of one trial share a process, a service and a warm cache, so they are not
    independent: the interval is computed from the trials' medians alone (Kalibera and Jones,
    "Rigorous benchmarking in reasonable time", ISMM 2013; Georges et al., OOPSLA 2007).

    With n >= 6 trials the interval is [x(i), x(j)], two order statistics of the trials' medians
    chosen by the binomial distribution with p = 1/2; it assumes no shape of the distribution
    (Conover, "Practical Nonparametric Statistics", 1999, ch. 3.2; ``scipy.stats.quantile_test``).
    With 2 to 5 trials no such pair reaches 95 %, so it is Student's t on the trials' medians:
    mean ± t(n - 1) * s / sqrt(n). If ``positive`` (values are positive by nature, like times,
    whose noise is multiplicative) and all medians are above zero, t is applied to their logarithms.
    The interval is widened where necessary to contain the value. One trial has no interval.

    Raises ``ValueError`` if there is no trial, a trial is empty, or a value is not finite.
    """
    everything = [value for trial in by_trial for value in trial]
    if not by_trial or not all(map(len, by_trial)):
        raise ValueError("a median needs at least one trial, and one repetition in each trial")
    if not all(map(math.isfinite, everything)):
        bad = next(value for value in everything if not math.isfinite(value))
        raise ValueError(f"a median needs finite values, not {bad}")
    medians = [median(trial) for trial in by_trial]
    logs = positive and min(medians) > 0
    return from_medians(medians, median(medians), logs, len(everything), outliers(everything))


def from_medians(
    medians: Sequence[float], value: float, logs: bool, repetitions: int, flagged: int
) -> Estimate:
    """Return an :class:`Estimate` of ``value`` with interval and spread of the trials' medians.

    ``medians`` has one value per trial, in the unit of ``value``. ``logs`` selects Student's t on
    the logarithms (all medians must then be above zero); ``repetitions`` and ``flagged`` become
    the result's counts of repetitions and outliers. Spread is (max - min) / |value|. Raises
    ``ValueError`` if ``medians`` is empty.
    """
    low, high = interval(medians, logs) or (None, None)
    width = max(medians) - min(medians)
    several = len(medians) > 1
    return Estimate(
        value=float(value),
        low=None if low is None else float(min(low, value)),
        high=None if high is None else float(max(high, value)),
        trials=len(medians),
        repetitions=repetitions,
        spread=width / abs(value) if several and value else 0.0 if several and not width else None,
        unstable=several and width > 0 and width >= UNSTABLE_SPREAD * abs(value),
        outliers=flagged,
    )


def interval(values: Sequence[float], logs: bool) -> tuple[float, float] | None:
    """Return the 95 % interval of the median of independent values, or None for a single value.

    Both ends are in the unit of ``values``. :func:`estimate` describes the two methods. With
    ``logs``, raises ``ValueError`` if there are 2 to 5 values and one is not above zero.
    """
    if len(values) >= MIN_ORDERED:
        first, last = _ranks(len(values))
        ordered = sorted(values)
        return ordered[first], ordered[last]
    if len(values) < 2:
        return None
    scaled = [math.log(value) for value in values] if logs else list(values)
    centre = statistics.fmean(scaled)
    half = t_quantile(len(values) - 1) * statistics.stdev(scaled) / math.sqrt(len(values))
    low, high = centre - half, centre + half
    return (_exp(low), _exp(high)) if logs else (low, high)


def t_quantile(freedom: int) -> float:
    """Return the two-sided 95 % quantile of Student's t with ``freedom`` degrees of freedom."""
    from scipy.special import stdtrit  # imported late: SciPy takes a second

    return float(stdtrit(freedom, (1 + CONFIDENCE) / 2))


def outliers(values: Sequence[float]) -> int:
    """Return the number of values more than 1.5 interquartile ranges outside the quartiles.

    These are the fences of Tukey ("Exploratory Data Analysis", 1977): q1 - 1.5 * (q3 - q1) and
    q3 + 1.5 * (q3 - q1). Quartiles are interpolated linearly (type 7 of Hyndman and Fan 1996).
    ``values`` may be in any unit; fewer than four values have no outliers.
    """
    if len(values) < 4:
        return 0
    lower, _, upper = statistics.quantiles(values, n=4, method="inclusive")
    reach = TUKEY * (upper - lower)
    return sum(not lower - reach <= value <= upper + reach for value in values)


@lru_cache
def _ranks(count: int) -> tuple[int, int]:
    """Return the indices, from 0, of the two of ``count`` ordered values that enclose the median.

    The indices do not depend on the values, so SciPy is called once per count, on the indices.
    """
    from scipy.stats import quantile_test

    found = quantile_test(range(count), q=0, p=0.5).confidence_interval(CONFIDENCE)
    return int(found.low), int(found.high)


def _exp(power: float) -> float:
    """Return ``math.exp(power)``, or infinity on overflow.

    Two trials that differ by a factor of 10**30 would otherwise abort a report.
    """
    try:
        return math.exp(power)
    except OverflowError:
        return math.inf
