"""Refresh of facts: queries to the package index, and resolution of integration packages."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence

from packaging.metadata import RawMetadata
from packaging.requirements import Requirement

from harness.facts import facts_file, releases
from harness.facts.index import Index, Project
from harness.facts.integrations import integration, without_addresses
from harness.facts.model import MEASURED, Fact, FrameworkFacts, Integration, unknown
from harness.facts.releases import INTERPRETERS, Found
from harness.frameworks.catalog import Framework
from harness.home import Home
from harness.stats import Refusal

NO_PACKAGE = "python"  #: the package in adapter.toml of an adapter without one

_PYTHON = "Programming Language :: Python :: "
_LICENCE = "License :: OSI Approved :: "
_LICENCE_CHARACTERS = 60  # a longer one is the text itself

#: Callback for progress: the framework, and the part that is queried.
OnPart = Callable[[str, str], None]


def known_now(
    home: Home,
    frameworks: Mapping[str, Framework],
    index: Index,
    today: datetime.date,
    on_part: OnPart,
) -> dict[str, FrameworkFacts]:
    """Query the facts of several frameworks, each as :func:`known_of` does."""
    wanted = {}
    for name, framework in frameworks.items():
        package = framework.entry.package
        if package != NO_PACKAGE:
            named = facts_file.named(facts_file.read(framework.folder))
            wanted[name] = [package, *(Requirement(text).name for _, text in named)]
    on_part(", ".join(wanted) or "nothing", "releases")
    index.fetch([package for packages in wanted.values() for package in packages])
    return {name: known_of(home, each, index, today, on_part) for name, each in frameworks.items()}


def known_of(
    home: Home, framework: Framework, index: Index, today: datetime.date, on_part: OnPart
) -> FrameworkFacts:
    """Query all facts of one framework.

    Raise :class:`EnvError` if the index does not answer, and :class:`UsageError` if facts.toml is
    wrong.
    """
    package = framework.entry.package
    file = facts_file.read(framework.folder)
    known = FrameworkFacts(package, today, (), (), facts_file.facts(file, today))
    if package == NO_PACKAGE:
        why = f"not applicable: {file.not_applicable or 'it has no package'}"
        return _with(known, _all_unknown(why, today), ())
    project = index.project(package)
    if project is None:
        return _with(known, _all_unknown(f"{package} is not on the index", today), ())
    found = []
    for target, text in facts_file.named(file):
        on_part(framework.name, f"{target}: {text}")
        found.append(integration(home, framework, target, text, index))
    return _with(known, measured(project, index, today), found)


def measured(project: Project, index: Index, today: datetime.date) -> tuple[Fact, ...]:
    """Return the facts of the index on a package, relative to ``today``."""
    latest = releases.latest(project.releases)
    figures = {**releases.history(project.releases, today), **releases.newest(latest)}
    if latest is None:
        figures |= dict.fromkeys(("declared", "licence"), figures["latest"])
    else:
        figures |= _said(index.metadata(project, latest.version))
    return tuple(_fact(name, figures[name], project.source, today) for name in MEASURED)


def _said(metadata: RawMetadata | str) -> Mapping[str, Found | Refusal]:
    """Return the interpreters and the licence that the latest release declares."""
    if isinstance(metadata, str):
        return dict.fromkeys(("declared", "licence"), Refusal(metadata))
    classifiers = metadata.get("classifiers", [])
    minors = [each for each in INTERPRETERS if f"{_PYTHON}{each}" in classifiers]
    return {
        "declared": " ".join(minors) or Refusal("its classifiers name none of these interpreters"),
        "licence": _licence(metadata, classifiers),
    }


def _licence(metadata: RawMetadata, classifiers: Sequence[str]) -> Found | Refusal:
    if expression := metadata.get("license_expression"):
        return without_addresses(expression)
    for each in classifiers:
        if each.startswith(_LICENCE):
            return without_addresses(each.removeprefix(_LICENCE))
    text = metadata.get("license", "").strip()
    if text and len(text) <= _LICENCE_CHARACTERS and "\n" not in text:
        return text
    return Refusal("its metadata names no licence")


def _fact(name: str, figure: Found | Refusal, source: str, today: datetime.date) -> Fact:
    if isinstance(figure, Refusal):
        return unknown(name, figure.reason, today, source=source)
    return Fact(name, "measured", figure, MEASURED[name], source, today)


def _all_unknown(why: str, today: datetime.date) -> tuple[Fact, ...]:
    return tuple(unknown(name, why, today) for name in MEASURED)


def _with(
    known: FrameworkFacts, facts: Sequence[Fact], found: Sequence[Integration]
) -> FrameworkFacts:
    return FrameworkFacts(known.package, known.taken, tuple(facts), tuple(found), known.sourced)
