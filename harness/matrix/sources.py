"""What others found out, as readings: verdicts of probes, and facts with their addresses."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Protocol

from harness.matrix.model import Frozen

#: Verdicts that say nothing of the framework, only of what could be tried here.
OPEN = ("inconclusive", "needs a service")


class ProbeReading(Frozen, frozen=True, kw_only=True):
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
