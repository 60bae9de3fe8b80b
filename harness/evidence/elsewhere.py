"""Readings from probes and sources: verdicts, and facts with their source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from harness.errors import UsageError, unknown
from harness.frameworks.label import adapter_of
from harness.matrix.model import Criteria, Indicator, Reading
from harness.matrix.sources import OPEN, Fact, Facts, ProbeReading


def probed(criteria: Criteria, verdicts: Iterable[ProbeReading]) -> Iterator[Reading]:
    """Yield verdicts as readings, except those of probes that no criterion uses.

    Raises :class:`UsageError` if a verdict is neither a level of ``criteria`` nor an open one.
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
    """Yield facts as readings of every label of their framework (``prefect@3.8.5``: ``prefect``).

    Raises :class:`UsageError` if a fact is a text and its indicator has no ``counts`` pattern.
    """
    indicators = criteria.indicators()
    for label in labels:
        for fact in facts.get(adapter_of(label), ()):
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
        # A missing value was not read on any date.
        as_of="" if fact.value is None else str(fact.date),
        note="; ".join(filter(None, notes)),
    )
