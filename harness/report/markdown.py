"""A document as GitHub-flavoured Markdown, with charts as files beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from harness.printable import printable
from harness.report import matrix as selection
from harness.report.document import (
    AnyPart,
    Cell,
    Code,
    Column,
    Curves,
    Document,
    Gantt,
    Intervals,
    Link,
    Matrix,
    Note,
    Row,
    Section,
    Table,
    Waterfall,
)
from harness.report.points import points

FIGURES = "report-figures"  #: where charts are, below the report's folder

_COLUMNS = 6  # subjects beside each other
_TRIALS = 6  # links beside a name
WIDE = 10_000
_MARKUP = re.compile(r"([\\`*_\[\]|~$])")
_START = re.compile(r"^(\d*)([#+=:.)-])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def render(document: Document) -> str:
    """The whole report. What came from outside is text there, whatever it holds."""
    return "\n\n".join(_blocks(document)) + "\n"


def _blocks(document: Document) -> Iterator[str]:
    yield f"# {text(document.title)}"
    yield f"**{text(document.sentence)}**"
    for warning in document.warnings:
        yield f"> **{text(warning)}**"
    chapters = (f"[{text(each.title)}](#{each.id})" for each in document.sections)
    yield " · ".join(chapters)
    for section in document.sections:
        yield from _section(section)
    yield f"Made by orchestration harness {text(document.harness)} of {_sources(document)}."


def _sources(document: Document) -> str:
    return ", ".join(link(each.link) if each.link else text(each.run) for each in document.sources)


def _section(section: Section) -> Iterator[str]:
    yield f'<a id="{section.id}"></a>\n\n## {text(section.title)}'
    if section.about:
        yield text(section.about)
    for part in section.parts:
        yield from _part(part)


def _part(part: AnyPart) -> Iterator[str]:
    if isinstance(part, Note):
        links = "".join(f" ({link(each)})" for each in part.links)
        yield f"{paragraph(part.text)}{links}"
    elif isinstance(part, Table):
        yield from tables(part)
    elif isinstance(part, Matrix):
        yield from _matrix(part)
    elif isinstance(part, Code):
        yield from _code(part)
    else:
        yield from chart(part)


def chart(part: Curves | Intervals | Gantt | Waterfall, folder: str = "") -> Iterator[str]:
    """A chart as a picture that lies below ``folder``, with what follows from it."""
    yield f"**{text(part.title)}**\n\n![{text(part.alt)}]({folder}{FIGURES}/{part.id}.svg)"
    if isinstance(part, Curves):
        notes = [f"- {text(each.label)}: {text(each.note)}" for each in part.series if each.note]
        if notes:
            yield "\n".join(notes)
    if isinstance(part, Gantt):
        raw = [f"- {text(each.label)}: {_links(each.links)}" for each in part.panels if each.links]
        if raw:
            yield _details("what was recorded", "\n".join(raw))


def tables(table: Table) -> Iterator[str]:
    """A table, in as many as fit, and the evidence behind it."""
    if table.title:
        yield f"**{text(table.title)}**"
    if not table.across:
        yield _grid(table.columns, table.rows)
        return
    for start in range(1, len(table.columns), _COLUMNS):
        shown = [0, *range(start, min(start + _COLUMNS, len(table.columns)))]
        part = table.of_columns(shown)
        yield _grid(part.columns, part.rows, links=False)
    evidence = "\n".join(_evidence(table))
    if evidence:
        yield _details("the evidence behind each cell", evidence)


def _evidence(table: Table) -> Iterator[str]:
    for row in table.rows:
        for column, cell in zip(table.columns[1:], row.cells[1:], strict=True):
            if cell.note or cell.links:
                of = f"{text(row.cells[0].text)}, {text(column.title)}"
                links = f" ({_links(cell.links)})" if cell.links else ""
                yield f"- {of}: **{text(cell.text)}**: {text(cell.note)}{links}"


def _grid(columns: Sequence[Column], rows: Sequence[Row], links: bool = True) -> str:
    lines = [
        f"| {' | '.join(text(column.title) or ' ' for column in columns)} |",
        f"|{'|'.join('---:' if column.number else '---' for column in columns)}|",
    ]
    group = ""
    for row in rows:
        if row.group and row.group != group:
            lines.append(f"| **{text(row.group)}** |{' |' * (len(columns) - 1)}")
        group = row.group
        lines.append(f"| {' | '.join(_cell(cell, links) for cell in row.cells)} |")
    return "\n".join(lines)


def _cell(cell: Cell, links: bool) -> str:
    said = text(cell.text)
    if links and len(cell.links) == 1 and cell.text.endswith(cell.links[0].text):
        head = text(cell.text.removesuffix(cell.links[0].text))
        return f"{head} {link(cell.links[0])}".strip()
    return f"{said} {_links(cell.links)}".strip() if links and cell.links else said


def _links(links: Sequence[Link]) -> str:
    """Those of trials by their numbers alone, and not all of many."""
    short = [Link(each.text.removeprefix("trial "), each.href) for each in links]
    more = f" and {len(links) - _TRIALS} more" if len(links) > _TRIALS else ""
    return " ".join(map(link, short[:_TRIALS])) + more


def link(to: Link) -> str:
    """A link; where it leads was checked when it was made."""
    return f"[{text(to.text)}]({to.href})"


def _matrix(part: Matrix) -> Iterator[str]:
    found = part.answer
    if found.standings:
        yield from tables(selection.standings(found))
    for group in ("unranked", "removed"):
        for each in getattr(found, group):
            yield f"{'not ranked' if group == 'unranked' else group}: {text(each.framework)}: " + (
                text(each.reason)
            )
    for table in selection.by_criteria(found, part.criteria, WIDE):
        yield from tables(table)
    if part.dissent and found.standings:
        lines = selection.dissent(part.dissent, found.standings[0].framework)
        yield "\n".join(f"- {text(str(line))}" for line in lines)
    yield text(" ".join(selection.LEGEND.split()))
    for one in found.scored:
        if one.known:
            table = points(part, one.framework)
            yield _details(table.title, _grid(table.columns, table.rows))


def _code(part: Code) -> Iterator[str]:
    for each in part.listings:
        longest = max(map(len, re.findall(r"`+", each.text)), default=0)
        fence = "`" * max(3, longest + 1)
        body = "\n".join(printable(line) for line in each.text.rstrip("\n").split("\n"))
        yield _details(f"{each.label}: {each.file}", f"{fence}{each.language}\n{body}\n{fence}")


def _details(summary: str, body: str) -> str:
    return f"<details><summary>{text(summary)}</summary>\n\n{body}\n\n</details>"


def text(said: str) -> str:
    """What may have come from outside: no markup, no mention, no address that becomes a link."""
    plain = " ".join(printable(said).split())
    plain = "".join(_ENTITIES.get(each, each) for each in plain)
    plain = _MARKUP.sub(r"\\\1", plain)
    plain = re.sub(r"(?<!\w)@", "&#64;", plain)
    return plain.replace("://", ":&#47;/").replace("www.", "www&#46;")


def paragraph(said: str) -> str:
    """A text that begins a line, and is no list, heading or quotation."""
    return _START.sub(r"\1\\\2", text(said))
