"""Frozen values of a selection: its criteria, its readings, its scores and its answer."""

from __future__ import annotations

from typing import Literal

import msgspec

IndicatorKind = Literal["measured", "probed", "sourced", "judged"]


class Frozen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of all values here: immutable, and unknown keys are errors."""


class Level(Frozen, frozen=True):
    """Value of one verdict of a probe."""

    value: float
    why: str


class Indicator(Frozen, frozen=True, kw_only=True):
    """One property to read of each framework, and the fixed bounds that it is scored on."""

    id: str
    title: str
    kind: IndicatorKind
    why: str  #: the reason for its bounds, or for reading it at all
    unit: str = "verdict"
    better: Literal["higher", "lower"] = "higher"
    scale: Literal["log", "linear", "levels"] = "levels"
    low: float = 0.0
    high: float = 1.0
    mode: Literal["same", "any"] = "any"  #: same: modes are not compared with each other
    weight: float = 1.0  #: within its criterion
    counts: str = ""  #: for a fact that is a text: a regular expression whose matches are counted


class Criterion(Frozen, frozen=True):
    """One aspect of the choice."""

    title: str
    asks: str
    indicators: tuple[Indicator, ...]


class Criteria(Frozen, frozen=True):
    """All criteria by name, in the order in which they are summed."""

    levels: dict[str, Level]
    criteria: dict[str, Criterion]

    def indicators(self) -> dict[str, Indicator]:
        """Return all indicators by their ids."""
        return {each.id: each for one in self.criteria.values() for each in one.indicators}


class Reading(Frozen, frozen=True, kw_only=True):
    """Value of one indicator for one framework, with its 95 % interval and its sources."""

    framework: str
    indicator: str
    value: float | None  #: in the indicator's unit; None: unknown, or only bounded
    low: float | None = None
    high: float | None = None
    mode: str = ""  #: empty: the same in all modes
    text: str = ""  #: shown instead of the number, if it says more
    sources: tuple[str, ...] = ()  #: folders of trials, evidence, addresses
    as_of: str = ""
    note: str = ""

    @property
    def known(self) -> bool:
        """Return whether there is a value, or at least one end of its interval."""
        return any(each is not None for each in (self.value, self.low, self.high))


class Score(Frozen, frozen=True):
    """Score from 0 to 1, with its 95 % interval."""

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
        """Return whether there is a reading with a value or a bound."""
        return self.reading is not None and self.reading.known


class CriterionScore(Frozen, frozen=True):
    """One criterion of one framework."""

    score: Score
    known: float  #: share of its indicators, by weight, that have a reading
    points: tuple[Point, ...]


class Scored(Frozen, frozen=True):
    """Scores of one framework on all criteria, not yet weighted."""

    framework: str
    criteria: dict[str, CriterionScore]

    @property
    def known(self) -> bool:
        """Return whether any indicator has a reading."""
        return any(each.known for each in self.criteria.values())


class Standing(Frozen, frozen=True):
    """Rank and score of one framework for some weights."""

    framework: str
    rank: int  #: from 1; equal scores share one
    score: Score
    known: float  #: share of the indicators, by weight, that have a reading
    tied: bool  #: not distinguishable from the first: the interval of their difference holds 0


class Move(Frozen, frozen=True):
    """The smallest change of the weights that changes the winner, in points of 100."""

    to: str  #: the framework that wins then
    points: float
    taken: dict[str, float]  #: from these criteria; empty if it already has as many points
    onto: str  #: to this one; empty if nothing has to move


class Span(Frozen, frozen=True):
    """Range of one criterion's share of the weights, others in proportion, with the same winner."""

    share: float  #: the present one
    low: float
    high: float
    below: str  #: the framework that wins below ``low``; empty if the winner stays
    above: str


class Dissent(Frozen, frozen=True):
    """Ranking by another method of the same scores and weights."""

    method: str
    about: str
    order: tuple[str, ...]  #: best first, equals by name
    level: int = 1  #: number of frameworks that share the first place

    @property
    def first(self) -> tuple[str, ...]:
        """Return the frameworks that share its first place."""
        return self.order[: self.level]


class Removed(Frozen, frozen=True):
    """A framework that is not a candidate, and the reason."""

    framework: str
    reason: str


class Answer(Frozen, frozen=True, kw_only=True):
    """Everything that ``harness matrix`` shows."""

    whose: str  #: title of the profile
    mode: str
    weights: dict[str, float]  #: as given; only ratios matter
    standings: tuple[Standing, ...]
    chances: dict[str, float]  #: probability of rank 1
    move: Move | None  #: None: no weights change the winner, or there are fewer than two
    spans: dict[str, Span]
    removed: tuple[Removed, ...]
    unranked: tuple[Removed, ...]  #: the baseline, or nothing is known
    scored: tuple[Scored, ...]  #: all frameworks, the unranked too
    readings: tuple[str, ...]  #: the runs that the readings are from
    absent: tuple[str, ...] = ()  #: scored from files and sources alone: not in these runs
    roles: dict[str, str] = {}  #: by framework: orchestrator, dataflow, tracker, …

    @property
    def first(self) -> tuple[str, ...]:
        """Return the frameworks with the most points: several only if exactly equal."""
        return tuple(each.framework for each in self.standings if each.rank == 1)
