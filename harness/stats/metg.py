"""METG: the minimum effective task granularity, read from a sweep over step times."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import msgspec

from harness.stats.estimates import median
from harness.stats.refusal import Refusal


class SweepPoint(msgspec.Struct, frozen=True):
    """One step time d of a sweep, with its granularity T * P / N: worker time per step."""

    step_ns: float
    granularity_ns: float

    @property
    def efficiency(self) -> float:
        """Return step time over granularity, which equals N * d / (P * T)."""
        return self.step_ns / self.granularity_ns


class Metg(msgspec.Struct, frozen=True, tag=True):
    """Minimum effective task granularity, with the two points that it is interpolated between."""

    granularity_ns: float  #: T * P / N at the step time at which the efficiency is ``level``
    step_ns: float  #: that step time d
    level: float
    below: SweepPoint
    above: SweepPoint
    crossings: int  #: times that efficiency crosses the level as d grows; above 1 means noise


def metg(points: Sequence[SweepPoint], level: float = 0.5) -> Metg | Refusal:
    """Return the smallest granularity T * P / N with an efficiency of at least ``level``.

    This is METG(level) of Task Bench (Slaughter et al., SC'20). All times are in nanoseconds;
    ``points`` may be in any order.

    Sort the points by d; of several points with one d, take the median of their granularities g.
    Let ``below`` be the last point with an efficiency d / g less than ``level``, and ``above`` the
    next point: from there on every point reaches the level, and a single lucky small step has no
    influence. Between the two points, g is interpolated linearly in d. With f = d - level * g at
    each, w = f_below / (f_below - f_above), and METG = g_below + w * (g_above - g_below). A
    constant cost c per step gives METG(50 %) = 2 * c exactly.

    Return a :class:`Refusal` unless the points lie on both sides of the level and the largest step
    reaches it: there is no extrapolation. Raises ``ValueError`` if ``level`` is not between 0 and
    1, or a time is not above zero.
    """
    if not 0 < level < 1:
        raise ValueError(f"an efficiency level lies between 0 and 1, not at {level}")
    if any(min(each.step_ns, each.granularity_ns) <= 0 for each in points):
        raise ValueError("an efficiency needs step times above zero")
    ordered = _by_step(points)
    good = [each.efficiency >= level for each in ordered]
    if not any(good):
        return Refusal(f"no point reaches {level:.0%} efficiency: larger steps are needed")
    if all(good):
        return Refusal(f"no point is below {level:.0%} efficiency: smaller steps are needed")
    last = max(i for i, each in enumerate(good) if not each)
    if last == len(good) - 1:
        return Refusal(f"efficiency falls below {level:.0%} again at the largest step: noise")
    below, above = ordered[last], ordered[last + 1]
    short = level * below.granularity_ns - below.step_ns
    beyond = above.step_ns - level * above.granularity_ns
    share = short / (short + beyond)
    return Metg(
        granularity_ns=_between(below.granularity_ns, above.granularity_ns, share),
        step_ns=_between(below.step_ns, above.step_ns, share),
        level=level,
        below=below,
        above=above,
        crossings=sum(one != other for one, other in pairwise(good)),
    )


def _by_step(points: Sequence[SweepPoint]) -> list[SweepPoint]:
    found: dict[float, list[float]] = {}
    for each in points:
        found.setdefault(each.step_ns, []).append(each.granularity_ns)
    return [SweepPoint(step_ns, median(found[step_ns])) for step_ns in sorted(found)]


def _between(low: float, high: float, share: float) -> float:
    return low + share * (high - low)
