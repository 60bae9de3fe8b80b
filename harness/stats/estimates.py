"""A median with its interval, from trials that each repeat the same measurement."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from functools import lru_cache

import msgspec

CONFIDENCE = 0.95
#: A relative spread between trials from which on a cell is flagged.
UNSTABLE_SPREAD = 0.10
#: Below it no pair of order statistics covers the median with 95 %: 1 - 2 / 2**5 < 0.95.
MIN_ORDERED = 6
TUKEY = 1.5


class Estimate(msgspec.Struct, frozen=True):
    """A median over trials, in the unit of what was measured, and how far it may be trusted."""

    value: float
    low: float | None  #: of the 95 % interval; None with one trial
    high: float | None
    trials: int
    repetitions: int  #: over all trials
    spread: float | None  #: (max - min) / |median| of the trials; None if one, or around zero
    unstable: bool  #: spread >= 10 %; False with one trial, which says nothing about it
    outliers: int  #: repetitions beyond Tukey's fences: counted, never left out


def median(values: Sequence[float]) -> float:
    """The median; raises ``statistics.StatisticsError`` for no values."""
    return statistics.median(values)


def estimate(by_trial: Sequence[Sequence[float]], positive: bool = True) -> Estimate:
    """The median over trials of each trial's median, with a 95 % interval.

    Repetitions of one trial share a process, a service and a warm cache, so that they are no
    independent evidence: the interval is over the trials' medians alone (Kalibera and Jones,
    "Rigorous benchmarking in reasonable time", ISMM 2013; Georges et al., OOPSLA 2007).

    With 6 trials or more it lies between two of them, chosen by the binomial distribution, and
    assumes nothing of how they are spread (Conover, "Practical Nonparametric Statistics", 1999,
    ch. 3.2; ``scipy.stats.quantile_test``). With 2 to 5 no such pair reaches 95 %, so a shape has
    to be assumed: Student's t over the trials' medians. ``positive`` says that values are
    positive by nature, as times are, whose noise multiplies: then t is on their logarithms
    (unless one is not above zero, when it is on the values). The interval always holds the value.

    Raises ``ValueError`` for no trial, a trial without values, or a value that is not finite.
    """
    everything = [value for trial in by_trial for value in trial]
    if not by_trial or not all(map(len, by_trial)):
        raise ValueError("a median needs a trial, and every trial a repetition")
    if not all(map(math.isfinite, everything)):
        raise ValueError("a median needs finite values")
    medians = [median(trial) for trial in by_trial]
    logs = positive and min(medians) > 0
    return from_medians(medians, median(medians), logs, len(everything), outliers(everything))


def from_medians(
    medians: Sequence[float], value: float, logs: bool, repetitions: int, flagged: int
) -> Estimate:
    """An ``Estimate`` of ``value`` whose interval and spread are those of the trials' medians."""
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
    """A 95 % interval of the median of independent values; see ``estimate``. None for one."""
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
    """Student's t that 95 % lie within, two-sided."""
    from scipy.special import stdtrit  # in here: SciPy takes a second to import

    return float(stdtrit(freedom, (1 + CONFIDENCE) / 2))


def outliers(values: Sequence[float]) -> int:
    """How many lie more than 1.5 interquartile ranges outside the quartiles (Tukey 1977).

    Quartiles are interpolated linearly (type 7 of Hyndman and Fan). Below four values: 0.
    """
    if len(values) < 4:
        return 0
    lower, _, upper = statistics.quantiles(values, n=4, method="inclusive")
    reach = TUKEY * (upper - lower)
    return sum(not lower - reach <= value <= upper + reach for value in values)


@lru_cache
def _ranks(count: int) -> tuple[int, int]:
    """Places, from 0, of the two of ``count`` ordered values that enclose the median.

    They are the same for any values, so SciPy is asked once per count, about the places.
    """
    from scipy.stats import quantile_test

    found = quantile_test(range(count), q=0, p=0.5).confidence_interval(CONFIDENCE)
    return int(found.low), int(found.high)


def _exp(power: float) -> float:
    """``math.exp``, or infinity: two trials 10**30 apart are no reason to stop a report."""
    try:
        return math.exp(power)
    except OverflowError:
        return math.inf
