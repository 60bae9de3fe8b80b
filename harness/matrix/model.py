"""The frozen values of a selection: what is asked, what was read, and what follows of it."""

from __future__ import annotations

from typing import Literal

import msgspec

IndicatorKind = Literal["measured", "probed", "sourced", "judged"]


class Frozen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of all values here: immutable, strict about its keys."""


class Level(Frozen, frozen=True):
    """What one verdict of a probe is worth."""

    value: float
    why: str


class Indicator(Frozen, frozen=True, kw_only=True):
    """One reading that is asked for, and the fixed bounds it is judged by."""

    id: str
    title: str
    kind: IndicatorKind
    why: str  #: the reason for its bounds, or for asking at all
    unit: str = "verdict"
    better: Literal["higher", "lower"] = "higher"
    scale: Literal["log", "linear", "levels"] = "levels"
    low: float = 0.0
    high: float = 1.0
    mode: Literal["same", "any"] = "any"  #: same: modes are not compared with each other
    weight: float = 1.0  #: within its criterion
    counts: str = ""  #: regular expression of what is counted in a fact that is a text


class Criterion(Frozen, frozen=True):
    """One aspect of the choice."""

    title: str
    asks: str
    indicators: tuple[Indicator, ...]


class Criteria(Frozen, frozen=True):
    """All that is asked, by the criterion's name, in the order in which it is summed."""

    levels: dict[str, Level]
    criteria: dict[str, Criterion]

    def indicators(self) -> dict[str, Indicator]:
        """All indicators by their ids."""
        return {each.id: each for one in self.criteria.values() for each in one.indicators}


class Reading(Frozen, frozen=True, kw_only=True):
    """One indicator of one framework, with its 95 % interval and where it came from."""

    framework: str
    indicator: str
    value: float | None  #: in the indicator's unit; None: only ``low`` or ``high`` is, or nothing
    low: float | None = None
    high: float | None = None
    mode: str = ""  #: empty: it is the same in all
    text: str = ""  #: as it is shown, where a number says less
    sources: tuple[str, ...] = ()  #: folders of trials, evidence, addresses
    as_of: str = ""
    note: str = ""

    @property
    def known(self) -> bool:
        """Whether it says anything: a value, or one end of what it lies between."""
        return any(each is not None for each in (self.value, self.low, self.high))


class Score(Frozen, frozen=True):
    """Of 0 to 1, with its 95 % interval."""

    low: float
    mid: float
    high: float


class Point(Frozen, frozen=True):
    """One indicator of one framework, scored."""

    indicator: str
    score: Score
    reading: Reading | None

    @property
    def known(self) -> bool:
        """Whether there is a reading that says anything."""
        return self.reading is not None and self.reading.known


class CriterionScore(Frozen, frozen=True):
    """One criterion of one framework."""

    score: Score
    known: float  #: share of its indicators, by weight, that there is a reading of
    points: tuple[Point, ...]


class Scored(Frozen, frozen=True):
    """One framework on all criteria: no weights yet."""

    framework: str
    criteria: dict[str, CriterionScore]

    @property
    def known(self) -> bool:
        """Whether there is any evidence of it."""
        return any(each.known for each in self.criteria.values())


class Standing(Frozen, frozen=True):
    """Where one framework stands for some weights."""

    framework: str
    rank: int  #: from 1; equal scores share one
    score: Score
    known: float  #: share of what the weights ask for that there is a reading of
    tied: bool  #: it cannot be told from the first


class Move(Frozen, frozen=True):
    """The smallest change of the weights that changes the winner, in points of 100."""

    to: str  #: who wins then
    points: float
    taken: dict[str, float]  #: from these criteria; none where it has as many points already
    onto: str  #: to this one; empty where nothing has to move


class Span(Frozen, frozen=True):
    """Within which share of the weights, others in proportion, one criterion keeps the winner."""

    share: float  #: as it is
    low: float
    high: float
    below: str  #: who wins below ``low``; empty if nobody
    above: str


class Dissent(Frozen, frozen=True):
    """What another method says of the same scores and weights."""

    method: str
    about: str
    order: tuple[str, ...]  #: best first, equals by name
    level: int = 1  #: so many of them are equally the first

    @property
    def first(self) -> tuple[str, ...]:
        """All that it has first."""
        return self.order[: self.level]


class Removed(Frozen, frozen=True):
    """A framework that is no candidate, and why."""

    framework: str
    reason: str


class Answer(Frozen, frozen=True, kw_only=True):
    """All that ``harness matrix`` says."""

    whose: str  #: title of the profile
    mode: str
    weights: dict[str, float]  #: as given; only ratios matter
    standings: tuple[Standing, ...]
    chances: dict[str, float]  #: probability of rank 1
    move: Move | None  #: None: no weights make another one win, or there is none
    spans: dict[str, Span]
    removed: tuple[Removed, ...]
    unranked: tuple[Removed, ...]  #: nothing to choose, or nothing known
    scored: tuple[Scored, ...]  #: all of them, the unranked too
    readings: tuple[str, ...]  #: the runs that they are from

    @property
    def first(self) -> tuple[str, ...]:
        """All that have the most points: more than one only where they have exactly as many."""
        return tuple(each.framework for each in self.standings if each.rank == 1)
