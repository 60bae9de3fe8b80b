"""Snapshots of facts: the shipped one, and the user's, which takes precedence."""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Mapping
from pathlib import Path

import msgspec

from harness.errors import UsageError
from harness.facts import facts_file
from harness.facts.model import MEASURED, Fact, FrameworkFacts, unknown
from harness.files import write_atomically
from harness.frameworks.catalog import Framework
from harness.home import Home
from harness.model import Struct

#: Version of the snapshot's form. Raise it when a reader of the old form would go wrong.
SCHEMA = 1

SHIPPED = Path(__file__).with_name("snapshot.json")


class Snapshot(Struct, frozen=True):
    """Content of a snapshot's file."""

    schema: int
    frameworks: dict[str, FrameworkFacts]  #: by adapter


def load(
    home: Home, frameworks: Mapping[str, Framework], today: datetime.date
) -> dict[str, tuple[Fact, ...]]:
    """Load the facts of each framework from the disk alone, and mark old ones as ``stale``.

    Raise :class:`UsageError` if a snapshot or a facts.toml is damaged.
    """
    return {name: known.facts for name, known in all_known(home, frameworks, today).items()}


def all_known(
    home: Home, frameworks: Mapping[str, Framework], today: datetime.date
) -> dict[str, FrameworkFacts]:
    """Load facts and integrations; the present ``facts.toml`` replaces the snapshot's copy."""
    snapshots = {**kept(SHIPPED), **kept(home.facts)}
    found = {}
    for name, framework in frameworks.items():
        sourced = facts_file.facts(facts_file.read(framework.folder), today)
        known = snapshots.get(framework.adapter) or _nothing(framework, today)
        if (framework.folder / facts_file.FILE).exists():
            known = msgspec.structs.replace(known, sourced=sourced)
        found[name] = known.seen_on(today)
    return found


def kept(path: Path) -> dict[str, FrameworkFacts]:
    """Return a snapshot's facts by adapter; empty if the file does not exist.

    Raise :class:`UsageError` if it is damaged.
    """
    return read(path).frameworks if path.exists() else {}


def save(path: Path, known: Mapping[str, FrameworkFacts]) -> None:
    """Write a snapshot, whole or not at all."""
    snapshot = Snapshot(SCHEMA, dict(known))
    path.parent.mkdir(parents=True, exist_ok=True)
    text = msgspec.json.format(msgspec.json.encode(snapshot, order="sorted"), indent=1)
    write_atomically(path, text + b"\n")


def read(path: Path) -> Snapshot:
    """Read a snapshot. Raise :class:`UsageError` with the next step if it cannot be used."""
    try:
        data = path.read_bytes()
        schema = json.loads(data)["schema"]
        if schema != SCHEMA:
            raise ValueError(f"it has schema {schema!r}, this harness reads {SCHEMA}")
        snapshot = msgspec.json.decode(data, type=Snapshot)
        for known in snapshot.frameworks.values():
            _check(known)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        fix = "install the harness again" if path == SHIPPED else f"remove it: rm {path}"
        raise UsageError(
            f"{path} cannot be used: {error!s:.200}; {fix}; then: harness facts --refresh"
        ) from None
    return snapshot


def _check(known: FrameworkFacts) -> None:
    """Raise :class:`ValueError` for values that the types admit but a snapshot must not have."""
    for fact in (*known.measured, *known.sourced):
        if isinstance(fact.value, float) and not math.isfinite(fact.value):
            raise ValueError(f"{fact.name}: {fact.value} is not a finite number")
        if fact.value is None and not fact.note:
            raise ValueError(f"{fact.name} is unknown without a reason")
    if {fact.name for fact in known.measured} != set(MEASURED):
        raise ValueError("measured facts are missing, or there are too many")


def _nothing(framework: Framework, today: datetime.date) -> FrameworkFacts:
    why = "not queried yet; run: harness facts --refresh"
    return FrameworkFacts(
        package=framework.entry.package,
        taken=today,
        measured=tuple(unknown(name, why, today) for name in MEASURED),
        integrations=(),
        sourced=(),
    )
