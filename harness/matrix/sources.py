"""What others found out, as readings: verdicts of probes, and facts with their addresses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from harness.errors import UsageError, unknown
from harness.matrix.model import Criteria, Indicator, Reading, Struct

#: Verdicts that say nothing of the framework, only of what could be tried here.
OPEN = ("inconclusive", "needs service", "needs cluster", "not run")


class Verdict(Struct, frozen=True, kw_only=True):
    """What came of one probe of one framework in one mode."""

    framework: str
    mode: str
    probe: str
    verdict: str  #: a level of criteria.toml, or one of :data:`OPEN`
    evidence: str = ""  #: folder or file
    value: float | None = None  #: what a probe that counts came to
    as_of: str = ""
    note: str = ""


class Fact(Protocol):
    """Something that was read elsewhere."""

    @property
    def name(self) -> str:
        """As an indicator of criteria.toml, or as something that can be required."""

    @property
    def value(self) -> object:
        """A number, a yes or no, a text."""

    @property
    def unit(self) -> str:
        """Of the number."""

    @property
    def source(self) -> str:
        """An address."""

    @property
    def read(self) -> object:
        """The date on which it was read."""

    @property
    def stale(self) -> bool:
        """Whether that is too long ago."""

    @property
    def note(self) -> str:
        """What else has to be known."""


Facts = Mapping[str, Sequence[Fact]]  # by framework


def probed(criteria: Criteria, verdicts: Iterable[Verdict]) -> Iterator[Reading]:
    """Verdicts as readings; those on what no criterion asks are left out.

    Raises :class:`UsageError` for a verdict that is none.
    """
    indicators = criteria.indicators()
    for each in verdicts:
        level = criteria.levels.get(each.verdict)
        if level is None and each.verdict not in OPEN:
            where = f"{each.framework}: probe {each.probe}"
            raise UsageError(
                f"{where}: {unknown('verdict', each.verdict, [*criteria.levels, *OPEN])}"
            )
        indicator = indicators.get(each.probe)
        if indicator is None or indicator.kind != "probed":
            continue
        counts = indicator.scale != "levels"  # and says nothing without its number
        value = None if level is None else each.value if counts else level.value
        yield Reading(
            framework=each.framework,
            indicator=each.probe,
            value=value,
            mode=each.mode,
            text="" if counts and value is not None else each.verdict,
            sources=(each.evidence,) if each.evidence else (),
            as_of=each.as_of,
            note=each.note,
        )


def sourced(criteria: Criteria, facts: Facts, labels: Iterable[str]) -> Iterator[Reading]:
    """Facts as readings of every label of their framework (``prefect@3.8.5`` is of ``prefect``).

    Raises :class:`UsageError` for a fact that should be a number and is none.
    """
    indicators = criteria.indicators()
    for label in labels:
        for fact in facts.get(label.partition("@")[0], ()):
            indicator = indicators.get(fact.name)
            if indicator is not None and indicator.kind == "sourced":
                yield _of_fact(label, indicator, fact)


def _of_fact(label: str, indicator: Indicator, fact: Fact) -> Reading:
    if not isinstance(fact.value, int | float):
        raise UsageError(
            f"{label}: the fact {fact.name} is {fact.value!r}; give a number, true or false; "
            f"its source: {fact.source}"
        )
    told = isinstance(fact.value, bool)
    notes = [fact.note, "read long ago" if fact.stale else ""]
    return Reading(
        framework=label,
        indicator=indicator.id,
        value=float(fact.value),
        text=("yes" if fact.value else "no") if told else "",
        sources=(fact.source,),
        as_of=str(fact.read),
        note="; ".join(filter(None, notes)),
    )
