"""Report as a site: the whole report, and a page for each framework."""

from __future__ import annotations

import re

from msgspec.structs import replace

from harness.report.document import (
    AnyPart,
    Code,
    Curves,
    Document,
    Gantt,
    Intervals,
    Matrix,
    Row,
    Section,
    Table,
    Waterfall,
)
from harness.report.html.page import fill, render
from harness.report.html.selection import Selection
from harness.report.tables.points import points

FRONT = "index.html"
_UNSAFE = re.compile(r"[^a-z0-9.-]+")
#: Texts that may follow a name in a label: before a version, mode, interpreter or remark.
_ENDS = (" ", "/", ":", ",", "\n", "@py")
_FIELDS: dict[type[AnyPart], str] = {
    Curves: "series",
    Intervals: "intervals",
    Gantt: "panels",
    Waterfall: "falls",
    Code: "listings",
}


def site(document: Document, base: str = "..") -> dict[str, str]:
    """Return every page by file name; ``base`` leads from the site's folder to the report's."""
    matrices = [
        part for each in document.sections for part in each.parts if isinstance(part, Matrix)
    ]
    pages = _files(matrices)
    made = {FRONT: render(document, pages, base)}
    for name, file in pages.items():
        own = [each for each in matrices if Selection(each).place(name)]
        made[file] = fill(
            "framework.html.jinja",
            base,
            _sections(document, name),
            document=document,
            pages=pages,
            front=FRONT,
            name=name,
            places=[Selection(each).place(name) for each in own],
            points=[replace(points(each, name), id=f"points-of-{each.id}") for each in own],
        )
    return made


def _files(matrices: list[Matrix]) -> dict[str, str]:
    """Return a unique file name for each framework."""
    ranked = [scored.framework for each in matrices for scored, _ in Selection(each).ranked]
    found: dict[str, str] = {}
    for name in dict.fromkeys(ranked):
        stem = _UNSAFE.sub("-", name.casefold()).strip(".-") or "framework"
        file, number = f"{stem}.html", 1
        while file == FRONT or file in found.values():
            number += 1
            file = f"{stem}-{number}.html"
        found[name] = file
    return found


def _sections(document: Document, name: str) -> list[Section]:
    """Return the chapters reduced to one framework; empty ones are left out."""
    own = [
        replace(each, parts=tuple(filter(None, (_own(part, name) for part in each.parts))))
        for each in document.sections
    ]
    return [each for each in own if each.parts]


def _own(part: AnyPart, name: str) -> AnyPart | None:
    """Return the part reduced to one framework; None if nothing remains."""
    if isinstance(part, Table):
        return _table(part, name)
    field = _FIELDS.get(type(part))
    if field is None:
        return None
    found = tuple(each for each in getattr(part, field) if _is_of(each.framework, name))
    return replace(part, **{field: found}) if found else None


def _table(part: Table, name: str) -> Table | None:
    if _is_of(part.title, name):
        return part
    if part.across:
        columns = [at for at, each in enumerate(part.columns) if at and _is_of(each.title, name)]
        return part.of_columns([0, *columns]) if columns else None
    rows: list[Row] = []
    within = False  # an indented row belongs to the framework above it
    for row in part.rows:
        first = row.cells[0].text
        within = _is_of(first, name) or (within and first.startswith(" "))
        if within:
            rows.append(row)
    return replace(part, rows=tuple(rows)) if rows else None


def _is_of(label: str, name: str) -> bool:
    """Return whether a label is the framework's name, alone or with a suffix."""
    return label == name or label.startswith(tuple(f"{name}{end}" for end in _ENDS))
