"""``facts.toml`` of an adapter: facts from the web, each with its source."""

from __future__ import annotations

import datetime
import math
from pathlib import Path
from urllib.parse import urlsplit

import tomllib
from packaging.requirements import InvalidRequirement, Requirement

from harness.decode import decode
from harness.errors import UsageError
from harness.facts.model import SOURCED, TARGETS, Fact, IntegrationTarget, unknown
from harness.model import Struct

FILE = "facts.toml"


class SourcedFact(Struct, frozen=True):
    """One table of the file: a value with its source, or ``unknown`` with the failed search."""

    read: datetime.date
    value: float | str | None = None
    unit: str = ""
    source: str = ""
    as_of: datetime.date | None = None
    note: str = ""
    unknown: str = ""


class Packages(Struct, frozen=True):
    """Requirements that join the framework to a target; an empty list means none is known."""

    aws: tuple[str, ...] = ()
    gcp: tuple[str, ...] = ()
    azure: tuple[str, ...] = ()
    kubernetes: tuple[str, ...] = ()
    spark: tuple[str, ...] = ()
    ray: tuple[str, ...] = ()
    dask: tuple[str, ...] = ()


class FactsFile(Struct, frozen=True):
    """Content of one facts.toml."""

    stars: SourcedFact | None = None
    contributors: SourcedFact | None = None
    governance: SourcedFact | None = None
    managed: SourcedFact | None = None
    security: SourcedFact | None = None
    users: SourcedFact | None = None
    builtin: SourcedFact | None = None
    integrations: Packages = Packages()
    not_applicable: str = ""  #: the reason, for an adapter that is not a framework


def read(folder: Path) -> FactsFile:
    """Read the facts.toml of an adapter; return an empty one if the file does not exist.

    Raise :class:`UsageError` with the file and the key.
    """
    path = folder / FILE
    try:
        text = path.read_text()
    except FileNotFoundError:
        return FactsFile()
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: {error}; make it readable, as UTF-8") from None
    return parse(text, str(path))


def named(file: FactsFile) -> list[tuple[IntegrationTarget, str]]:
    """Return each target with each requirement that is named for it."""
    return [(target, each) for target in TARGETS for each in getattr(file.integrations, target)]


def parse(text: str, where: str) -> FactsFile:
    """Parse the text of a facts.toml. Raise :class:`UsageError` with ``where`` and the key."""
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{where}: {error}") from None
    found = decode(raw, FactsFile, where)
    for name in SOURCED:
        entry = getattr(found, name)
        fault = _fault(entry) if entry else ""
        if fault:
            raise UsageError(f"{where}: key {name}: {fault}")
    for target, requirement in named(found):
        try:
            Requirement(requirement)
        except InvalidRequirement as error:
            what = f"{where}: key integrations.{target}: {requirement!r} is not a requirement"
            raise UsageError(f"{what}: {' '.join(str(error).split())}") from None
    return found


def facts(file: FactsFile, today: datetime.date) -> tuple[Fact, ...]:
    """Return all facts that a file can hold; those that it does not hold are unknown."""
    return tuple(_fact(name, getattr(file, name), file.not_applicable, today) for name in SOURCED)


def _fact(name: str, entry: SourcedFact | None, not_applicable: str, today: datetime.date) -> Fact:
    if entry is None:
        why = f"not applicable: {not_applicable}" if not_applicable else f"not in {FILE}"
        return unknown(name, why, today, kind="sourced")
    if entry.unknown:
        return unknown(name, entry.unknown, entry.read, kind="sourced")
    return Fact(
        name=name,
        kind="sourced",
        value=entry.value,
        unit=entry.unit,
        source=entry.source,
        read=entry.read,
        as_of=entry.as_of,
        note=entry.note,
    )


def _fault(entry: SourcedFact) -> str:
    """Return the fault of a well-formed entry, or an empty text."""
    if (entry.value is None) == (not entry.unknown):
        return "give either value, or unknown with what was looked for"
    if isinstance(entry.value, float) and not math.isfinite(entry.value):
        return f"{entry.value} is not a finite number"
    if entry.as_of and entry.as_of > entry.read:
        return f"as_of {entry.as_of} is after read {entry.read}"
    if entry.value is not None and not _address(entry.source):
        return f"source {entry.source!r} is not an address that begins with https://"
    return ""


def _address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and text.isprintable()
