"""What others found out, as readings: verdicts of probes, and facts with their addresses."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from harness.errors import UsageError, unknown
from harness.matrix.model import Criteria, Indicator, Reading, Struct

#: Verdicts that say nothing of the framework, only of what could be tried here.
OPEN = ("inconclusive", "needs a service")


class Verdict(Struct, frozen=True, kw_only=True):
    """What came of one probe of one framework in one mode."""

    framework: str
    mode: str
    probe: str
    verdict: str  #: a level of criteria.toml, or one of :data:`OPEN`
    sources: tuple[str, ...] = ()  #: folder of what was recorded, or an address
    as_of: str = ""
    note: str = ""


class Fact(Protocol):
    """Something that was read elsewhere."""

    @property
    def name(self) -> str:
        """As an indicator of criteria.toml, or as something that can be required."""

    @property
    def value(self) -> float | str | None:
        """None where it is not known; the note says why."""

    @property
    def source(self) -> str:
        """An address, or what was asked."""

    @property
    def date(self) -> datetime.date:
        """The day that it is of."""

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
            wrong = unknown("verdict", each.verdict, [*criteria.levels, *OPEN])
            raise UsageError(f"{each.framework}: probe {each.probe}: {wrong}")
        indicator = indicators.get(each.probe)
        if indicator is not None and indicator.kind == "probed":
            yield Reading(
                framework=each.framework,
                indicator=each.probe,
                value=None if level is None else level.value,
                mode=each.mode,
                text=each.verdict,
                sources=each.sources,
                as_of=each.as_of,
                note=each.note,
            )


def sourced(criteria: Criteria, facts: Facts, labels: Iterable[str]) -> Iterator[Reading]:
    """Facts as readings of every label of their framework (``prefect@3.8.5`` is of ``prefect``).

    Raises :class:`UsageError` for a text of which no criterion says what to count in it.
    """
    indicators = criteria.indicators()
    for label in labels:
        for fact in facts.get(label.partition("@")[0], ()):
            indicator = indicators.get(fact.name)
            if indicator is not None and indicator.kind == "sourced":
                yield _of_fact(label, indicator, fact)


def _of_fact(label: str, indicator: Indicator, fact: Fact) -> Reading:
    notes = [fact.note, "read long ago" if fact.stale else ""]
    text = fact.value if isinstance(fact.value, str) else ""
    if text and not indicator.counts:
        raise UsageError(
            f"{label}: the fact {fact.name} is {text!r}; give a number; its source: {fact.source}"
        )
    value = len(re.findall(indicator.counts, text)) if text else fact.value
    return Reading(
        framework=label,
        indicator=indicator.id,
        value=None if value is None else float(value),
        text=text,
        sources=(fact.source,) if fact.source else (),
        as_of="" if fact.value is None else str(fact.date),  # nothing was read that day
        note="; ".join(filter(None, notes)),
    )
