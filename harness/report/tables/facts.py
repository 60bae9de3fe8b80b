"""Tables of facts about frameworks that were not measured by running."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping

from harness.facts.model import TARGETS, Fact, FrameworkFacts
from harness.report.addresses import address
from harness.report.document import Link, Note, Table, TableCell
from harness.report.tables.formatting import BLANK, NOTHING, bytes_, cell, note, table

_COLUMNS = 4  # frameworks side by side
_NOT_APPLICABLE = "not applicable"
_PLAINLY = (f"unknown ({_NOT_APPLICABLE}", f"({_NOT_APPLICABLE}")

_LEGEND = (
    "releases: without pre-releases. latest: the highest version that is not yanked.\n"
    "admitted, declared: Pythons of 3.10 to 3.14 that Requires-Python admits and that\n"
    "classifiers name. wheel: size of the package without its dependencies. fits: the\n"
    "version that uv resolves with the adapter's pins. stale: older than 180 days."
)


def _count(value: float) -> str:
    return f"{value:,.0f}"


#: Label and form of each measured figure.
_ROWS: dict[str, tuple[str, Callable[[float], str]]] = {
    "releases": ("releases", _count),
    "first_release": ("first release", str),
    "age": ("years", lambda value: f"{value:.1f}"),
    "latest": ("latest", str),
    "since_last": ("days since last", _count),
    "releases_2y": ("in two years", _count),
    "median_gap_2y": ("median gap, d", lambda value: f"{value:.3g}"),
    "yanked": ("yanked", lambda value: f"{value:.1%}"),
    "requires_python": ("requires Python", str),
    "admitted": ("admitted", str),
    "declared": ("declared", str),
    "wheel": ("wheel", bytes_),
    "licence": ("licence", str),
}

_SOURCED = {
    "stars": "stars",
    "contributors": "contributors",
    "governance": "governance",
    "managed": "managed by",
    "security": "security",
    "users": "known users",
    "builtin": "built in",
}


def parts(known: Mapping[str, FrameworkFacts]) -> list[Table | Note]:
    """Return tables of index facts, integrations and sourced facts; unknowns with a reason."""
    measured = {name: each for name, each in known.items() if not _not_applicable(each)}
    names = [name for name, each in measured.items() if any(f.value for f in each.measured)]
    made: list[Table | Note] = []
    for start in range(0, len(names), _COLUMNS):
        some = {name: measured[name] for name in names[start : start + _COLUMNS]}
        made += [_index(some), *_unknown(some), BLANK]
    for name, each in measured.items():
        if name not in names:
            reasons = "; ".join(dict.fromkeys(fact.note for fact in each.measured))
            made += [note(f"{name}, facts from the package index: unknown ({reasons})"), BLANK]
    for name, each in measured.items():
        if each.integrations:
            made += [_integrations(name, each), *_refused(each), BLANK]
    for name, each in known.items():
        made += [_sourced(name, each), BLANK]
    return [*made, note(_LEGEND, "dim")]


def _not_applicable(known: FrameworkFacts) -> bool:
    return all(fact.note.startswith(_NOT_APPLICABLE) for fact in known.measured)


def _index(known: Mapping[str, FrameworkFacts]) -> Table:
    retrieved = [
        _day(each.taken, any(fact.stale for fact in each.measured)) for each in known.values()
    ]
    rows = [
        ["package", *(each.package for each in known.values())],
        ["retrieved", *retrieved],
        *(
            [label, *(_figure(each, name, form) for each in known.values())]
            for name, (label, form) in _ROWS.items()
        ),
    ]
    return table(["", *known], rows, left=["", *known], title="facts from the package index")


def _figure(known: FrameworkFacts, name: str, form: Callable[[float], str]) -> str:
    fact = next(fact for fact in known.measured if fact.name == name)
    if fact.value is None:
        return "unknown"
    return fact.value if isinstance(fact.value, str) else form(fact.value)


def _unknown(known: Mapping[str, FrameworkFacts]) -> Iterator[Note]:
    """Yield a line for each reason, with the facts that are unknown for it."""
    for name, each in known.items():
        reasons: dict[str, list[str]] = {}
        for fact in each.measured:
            if fact.value is None:
                why = "; ".join(filter(None, (fact.note, fact.source)))
                reasons.setdefault(why, []).append(_ROWS[fact.name][0])
        for why, labels in reasons.items():
            yield note(f"{name}: {', '.join(labels)}: unknown ({why})", "dim")


def _integrations(name: str, known: FrameworkFacts) -> Table:
    order = sorted(known.integrations, key=lambda each: TARGETS.index(each.target))
    rows = [
        [
            each.target,
            each.requirement,
            each.version or ("unknown" if each.outcome == "unknown" else "no"),
            each.latest or NOTHING,
            str(each.released or NOTHING),
        ]
        for each in order
    ]
    headings = ["target", "package", "fits", "latest", "released"]
    return table(headings, rows, left=headings, title=f"{name}: integration packages", behind=True)


def _refused(known: FrameworkFacts) -> Iterator[Note]:
    for each in known.integrations:
        if each.outcome != "resolves":
            yield note(f"{each.requirement}: {each.outcome}: {each.why}", "dim")


def _sourced(name: str, known: FrameworkFacts) -> Table | Note:
    if not known.sourced:
        return note(f"{name}, facts from sources: unknown (its adapter has no facts.toml)")
    reasons = {fact.note for fact in known.sourced}
    if len(reasons) == 1 and all(fact.value is None for fact in known.sourced):
        return note(f"{name}, facts from sources: unknown ({reasons.pop()})".replace(*_PLAINLY))
    rows: list[list[str | TableCell]] = [
        [_SOURCED[fact.name], cell(_value(fact), links=_source(fact)), _of(fact)]
        for fact in known.sourced
    ]
    headings = ["fact", "value", "as of"]
    return table(headings, rows, left=headings, title=f"{name}: facts from sources", behind=True)


def _value(fact: Fact) -> str:
    if fact.value is None:
        return f"unknown ({fact.note})"
    value = fact.value if isinstance(fact.value, str) else _count(fact.value)
    unit = f" {fact.unit}" if fact.unit else ""
    note = f"\n{fact.note}" if fact.note else ""
    return f"{value}{unit}{note}\n{fact.source}"


def _source(fact: Fact) -> list[Link]:
    found = address(fact.source, fact.source) if fact.value is not None else None
    return [found] if found else []


def _of(fact: Fact) -> str:
    return _day(fact.date, fact.stale) if fact.value is not None else ""


def _day(day: datetime.date, stale: bool) -> str:
    return f"{day} stale" if stale else str(day)
