"""Sources of readings: verdicts of probes, and facts with their addresses."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Protocol

from harness.matrix.model import Frozen

#: Verdicts that do not judge the framework: the probe could not be completed here.
OPEN = ("inconclusive", "needs a service")


class ProbeReading(Frozen, frozen=True, kw_only=True):
    """Verdict of one probe of one framework in one mode."""

    framework: str
    mode: str
    probe: str
    verdict: str  #: a level of criteria.toml, or one of :data:`OPEN`
    sources: tuple[str, ...] = ()  #: the folder of the recorded evidence, or an address
    as_of: str = ""
    note: str = ""


class Fact(Protocol):
    """A fact that was read elsewhere."""

    @property
    def name(self) -> str:
        """Return the name: an indicator of criteria.toml, or an attribute that can be required."""

    @property
    def value(self) -> float | str | None:
        """Return the value, or None if it is unknown; the note then says why."""

    @property
    def source(self) -> str:
        """Return the address or the kind of index that the fact is from."""

    @property
    def date(self) -> datetime.date:
        """Return the day that the fact is of."""

    @property
    def stale(self) -> bool:
        """Return whether that day is too long ago."""

    @property
    def note(self) -> str:
        """Return a remark, or the reason why the value is unknown."""


Facts = Mapping[str, Sequence[Fact]]  # by framework
