"""The frozen values that facts consist of, and that a snapshot holds."""

from __future__ import annotations

import datetime
from typing import Literal

import msgspec

from harness.model import Struct

STALE_DAYS = 180

#: What adapters can be integrated with: clouds, schedulers of containers, engines.
IntegrationTarget = Literal["aws", "gcp", "azure", "kubernetes", "spark", "ray", "dask"]
TARGETS: tuple[IntegrationTarget, ...] = (
    "aws",
    "gcp",
    "azure",
    "kubernetes",
    "spark",
    "ray",
    "dask",
)

#: What the package index knows, in the order of tables, with its unit.
MEASURED = {
    "releases": "releases",
    "first_release": "date",
    "age": "years",
    "latest": "version",
    "since_last": "days",
    "releases_2y": "releases",
    "median_gap_2y": "days",
    "yanked": "share",
    "requires_python": "specifier",
    "admitted": "interpreters",
    "declared": "interpreters",
    "wheel": "bytes",
    "licence": "expression",
}

#: What only the web knows, as ``facts.toml`` has it.
SOURCED = ("stars", "contributors", "governance", "managed", "security", "users", "builtin")

#: Whether something can be installed beside a framework's pinned version.
Resolution = Literal["resolves", "conflicts", "absent", "unknown"]


class Fact(Struct, frozen=True):
    """One thing that is known, or not: then ``value`` is None and ``note`` says why."""

    name: str
    kind: Literal["measured", "sourced"]
    value: float | str | None
    unit: str
    source: str  #: an address, or which kind of index
    read: datetime.date  #: when we looked
    as_of: datetime.date | None = None  #: the source's own date, where it is another
    note: str = ""
    stale: bool = False  #: older than :data:`STALE_DAYS`, as of the day that it was loaded

    @property
    def date(self) -> datetime.date:
        """The day that the fact is of."""
        return self.as_of or self.read

    def seen_on(self, today: datetime.date) -> Fact:
        """The same, stale or not."""
        return msgspec.structs.replace(self, stale=(today - self.date).days > STALE_DAYS)


class Integration(Struct, frozen=True):
    """A package, or an extra of one, that joins a framework to a target."""

    target: IntegrationTarget
    requirement: str  #: as ``facts.toml`` names it
    outcome: Resolution  #: of resolving it together with the adapter's own requirements
    version: str | None  #: that was resolved
    latest: str | None  #: that the index has
    released: datetime.date | None  #: when the latest was
    why: str = ""  #: one line, where it does not resolve


class FrameworkFacts(Struct, frozen=True):
    """All that a snapshot holds of one framework."""

    package: str
    taken: datetime.date  #: measured facts are relative to this day
    measured: tuple[Fact, ...]
    integrations: tuple[Integration, ...]
    sourced: tuple[Fact, ...]

    @property
    def facts(self) -> tuple[Fact, ...]:
        """All of it as facts; an integration counts the packages that resolve."""
        counted = (_counted(self, target) for target in TARGETS)
        return (*self.measured, *counted, *self.sourced)

    def seen_on(self, today: datetime.date) -> FrameworkFacts:
        """The same, each fact stale or not."""
        return msgspec.structs.replace(
            self,
            measured=tuple(fact.seen_on(today) for fact in self.measured),
            sourced=tuple(fact.seen_on(today) for fact in self.sourced),
        )


def unknown(
    name: str,
    why: str,
    read: datetime.date,
    *,
    kind: Literal["measured", "sourced"] = "measured",
    source: str = "",
) -> Fact:
    """A fact that is not known, and why."""
    return Fact(name, kind, None, MEASURED.get(name, ""), source, read, note=why)


def _counted(known: FrameworkFacts, target: IntegrationTarget) -> Fact:
    """How many packages join the framework to ``target``; unknown if one is, or none is named."""
    name = f"integration_{target}"
    mine = [each for each in known.integrations if each.target == target]
    told = "; ".join(f"{each.requirement}: {each.why or each.outcome}" for each in mine)
    stale = any(fact.stale for fact in known.measured)
    if not mine:
        fact = unknown(
            name, "no package is named for it; what is built in is said apart", known.taken
        )
    elif any(each.outcome == "unknown" for each in mine):
        fact = unknown(name, told, known.taken)
    else:
        good = float(sum(each.outcome == "resolves" for each in mine))
        source = "package index, resolved by uv"
        fact = Fact(name, "measured", good, "packages", source, known.taken, note=told)
    return msgspec.structs.replace(fact, stale=stale)
