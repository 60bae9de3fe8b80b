"""The report as a site: the whole of it in front, and a page for each framework."""

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
    Section,
    Table,
    Waterfall,
)
from harness.report.html.page import fill, render
from harness.report.html.selection import Selection

FRONT = "index.html"
_UNSAFE = re.compile(r"[^a-z0-9.-]+")


def site(document: Document, base: str = "..") -> dict[str, str]:
    """Every page by its file's name; ``base`` leads from the site's folder to the report's."""
    pages = _files(document)
    made = {FRONT: render(document, pages, base)}
    for name, file in pages.items():
        made[file] = fill(
            "framework.html.jinja",
            base,
            document=document,
            pages=pages,
            front=FRONT,
            name=name,
            places=_places(document, name),
            sections=_of(document, name),
        )
    return made


def _files(document: Document) -> dict[str, str]:
    """The page of each framework; no two the same, whatever they are called."""
    found: dict[str, str] = {}
    for name in frameworks(document):
        stem = _UNSAFE.sub("-", name.casefold()).strip(".-") or "framework"
        number = 1
        while (file := f"{stem}.html" if number == 1 else f"{stem}-{number}.html") in (
            FRONT,
            *found.values(),
        ):
            number += 1
        found[name] = file
    return found


def frameworks(document: Document) -> list[str]:
    """All that have points, in the order of the first matrix."""
    matrices = [each for section in document.sections for each in section.parts]
    return list(
        dict.fromkeys(
            scored.framework
            for each in matrices
            if isinstance(each, Matrix)
            for scored, _ in Selection(each).ranked
        )
    )


def _places(document: Document, name: str) -> list[tuple[Selection, Section]]:
    """Where it stands in each matrix."""
    return [
        (Selection(each), section)
        for section in document.sections
        for each in section.parts
        if isinstance(each, Matrix) and Selection(each).of(name)
    ]


def _of(document: Document, name: str) -> list[Section]:
    """The sections with what is of this framework alone; those without are left out."""
    found = []
    for section in document.sections:
        parts = tuple(own for each in section.parts if (own := _own(each, name)) is not None)
        if parts:
            found.append(Section(section.id, section.title, section.about, parts))
    return found


def _own(part: AnyPart, name: str) -> AnyPart | None:
    """The part with nothing but this framework's; None if nothing is."""
    if isinstance(part, Table):
        return _table(part, name)
    for kind, field in _FIELDS.items():
        if isinstance(part, kind):
            own = tuple(each for each in getattr(part, field) if each.framework == name)
            return replace(part, **{field: own}) if own else None
    return None


_FIELDS: dict[type[AnyPart], str] = {
    Curves: "series",
    Intervals: "intervals",
    Gantt: "panels",
    Waterfall: "falls",
    Code: "listings",
}


def _table(part: Table, name: str) -> Table | None:
    columns = [i for i, each in enumerate(part.columns) if each.framework == name]
    if columns:
        kept = [i for i, each in enumerate(part.columns) if not each.framework or i in columns]
        rows = [
            replace(row, cells=tuple(row.cells[i] for i in kept))
            for row in part.rows
            if any(row.cells[i].text for i in columns)
        ]
        return replace(part, columns=tuple(part.columns[i] for i in kept), rows=tuple(rows))
    rows = [row for row in part.rows if row.framework == name]
    return replace(part, rows=tuple(rows)) if rows else None
