"""Frozen values of facts, as a snapshot holds them."""

from __future__ import annotations

import datetime
from typing import Literal

import msgspec

from harness.model import Struct

STALE_DAYS = 180

#: Targets of integration packages: clouds, schedulers of containers, engines.
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

#: Facts from the package index, in the order of tables, with their units.
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

#: Facts from the web, as in ``facts.toml``.
SOURCED = ("stars", "contributors", "governance", "managed", "security", "users", "builtin")

#: Outcome of resolving a package together with a framework's pinned version.
Resolution = Literal["resolves", "conflicts", "absent", "unknown"]


class Fact(Struct, frozen=True):
    """One fact; if it is unknown, ``value`` is None and ``note`` says why."""

    name: str
    kind: Literal["measured", "sourced"]
    value: float | str | None
    unit: str
    source: str  #: an address, or which kind of index
    read: datetime.date  #: the day of the look-up
    as_of: datetime.date | None = None  #: the source's own date, if it differs
    note: str = ""
    stale: bool = False  #: older than :data:`STALE_DAYS`, as of the day that it was loaded

    @property
    def date(self) -> datetime.date:
        """Return the day that the fact is of."""
        return self.as_of or self.read

    def seen_on(self, today: datetime.date) -> Fact:
        """Return a copy with ``stale`` as of ``today``."""
        return msgspec.structs.replace(self, stale=(today - self.date).days > STALE_DAYS)


class Integration(Struct, frozen=True):
    """A package, or an extra of one, that joins a framework to a target."""

    target: IntegrationTarget
    requirement: str  #: as ``facts.toml`` names it
    outcome: Resolution  #: of resolving it together with the adapter's own requirements
    version: str | None  #: the resolved one
    latest: str | None  #: the latest on the index
    released: datetime.date | None  #: the day of the latest
    why: str = ""  #: one line, if it does not resolve


class FrameworkFacts(Struct, frozen=True):
    """Facts of one framework in a snapshot."""

    package: str
    taken: datetime.date  #: measured facts are relative to this day
    measured: tuple[Fact, ...]
    integrations: tuple[Integration, ...]
    sourced: tuple[Fact, ...]

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Return all facts; an integration counts the packages that resolve."""
        counted = (_counted(self, target) for target in TARGETS)
        return (*self.measured, *counted, *self.sourced)

    def seen_on(self, today: datetime.date) -> FrameworkFacts:
        """Return a copy, each fact with ``stale`` as of ``today``."""
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
    """Return an unknown fact with the reason."""
    return Fact(name, kind, None, MEASURED.get(name, ""), source, read, note=why)


def _counted(known: FrameworkFacts, target: IntegrationTarget) -> Fact:
    """Count the packages that join the framework to ``target``.

    The count is unknown if one outcome is unknown, or if no package is named.
    """
    name = f"integration_{target}"
    mine = [each for each in known.integrations if each.target == target]
    outcomes = "; ".join(f"{each.requirement}: {each.why or each.outcome}" for each in mine)
    stale = any(fact.stale for fact in known.measured)
    if not mine:
        fact = unknown(
            name, "no package is named for it; built-in support is a fact of its own", known.taken
        )
    elif any(each.outcome == "unknown" for each in mine):
        fact = unknown(name, outcomes, known.taken)
    else:
        good = float(sum(each.outcome == "resolves" for each in mine))
        source = "package index, resolved by uv"
        fact = Fact(name, "measured", good, "packages", source, known.taken, note=outcomes)
    return msgspec.structs.replace(fact, stale=stale)
