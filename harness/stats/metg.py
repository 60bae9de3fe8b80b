"""The smallest step that is still worth a framework's while."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import msgspec

from harness.stats.estimates import median
from harness.stats.refusal import Refusal


class SweepPoint(msgspec.Struct, frozen=True):
    """One size of step: its own time d, and what it took of a worker's, T * P / N."""

    step_ns: float
    granularity_ns: float

    @property
    def efficiency(self) -> float:
        """Step time over granularity, the same as N * d / (P * T)."""
        return self.step_ns / self.granularity_ns


class Metg(msgspec.Struct, frozen=True, tag=True):
    """The minimum effective task granularity, and the two points that it was read between."""

    granularity_ns: float  #: T * P / N where the efficiency is the level
    step_ns: float  #: d there
    level: float
    below: SweepPoint
    above: SweepPoint
    crossings: int  #: times that efficiency crosses the level as d grows; above 1 is noise


def metg(points: Sequence[SweepPoint], level: float = 0.5) -> Metg | Refusal:
    """METG of Task Bench (Slaughter et al., SC'20): the smallest granularity of good efficiency.

    To compute it again: sort the points by d; where several share a d, take the median of their
    granularities. Let ``below`` be the last point whose efficiency d / granularity is less than
    ``level``, and ``above`` the next one, so that the level is kept from there on and one lucky
    small step moves nothing. Between the two T * P / N is taken as linear in d. With
    f = d - level * granularity at each, w = f_below / (f_below - f_above), and METG is
    g_below + w * (g_above - g_below). A cost of c per step, whatever its size, gives
    METG(50 %) = 2 * c exactly.

    Refused unless points lie on both sides: nothing is read outside of what was measured.
    Raises ``ValueError`` for a level or a time that can't be.
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
