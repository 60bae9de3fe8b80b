"""Parts of a report as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

import msgspec

from harness.matrix.answer import elsewhere
from harness.report.document import (
    AnyPart,
    Code,
    Curves,
    Gantt,
    Intervals,
    Link,
    Matrix,
    Note,
    Row,
    Section,
    Table,
    TableCell,
    TableColumn,
    Waterfall,
)
from harness.report.markdown.escaped import paragraph, text
from harness.report.tables import matrix as selection
from harness.report.tables.points import points
from harness.text import escape

FIGURES = "report-figures"  #: folder of the charts, below the report's folder
WIDE = 10_000

_COLUMNS = 6  # subjects in a table
_TRIALS = 6  # links shown beside a name
_TITLE = 80  # characters of the joined titles of several tables


def _is_behind(part: AnyPart) -> bool:
    return isinstance(part, Table) and part.behind


class Writer:
    """Writer of parts in place: links in full, details folded up."""

    def link(self, to: Link) -> str:
        """Return a link; its target was checked when it was made."""
        return f"[{text(to.text)}]({to.href})"

    def aside(self, title: str, body: str) -> str:
        """Return ``body`` folded up under ``title``."""
        return f"<details><summary>{text(title)}</summary>\n\n{body}\n\n</details>"

    def section(self, section: Section) -> Iterator[str]:
        """Yield the blocks of a chapter, its heading first."""
        yield f'<a id="{section.id}"></a>\n\n## {text(section.title)}'
        if section.about:
            yield text(section.about)
        for hidden, parts in groupby(section.parts, _is_behind):
            if hidden:
                yield self._behind([each for each in parts if isinstance(each, Table)])
            else:
                yield from (block for part in parts for block in self._part(part))

    def _behind(self, tables: Sequence[Table]) -> str:
        """Return detail tables in one aside; a single table is not titled twice."""
        names = "; ".join(dict.fromkeys(each.title for each in tables))
        short = names if len(names) <= _TITLE else f"{len(tables)} tables with details"
        if len(tables) == 1:
            short, tables = names, [msgspec.structs.replace(tables[0], title="")]
        return self.aside(short, "\n\n".join(b for each in tables for b in self.tables(each)))

    def _part(self, part: AnyPart) -> Iterator[str]:
        if isinstance(part, Note):
            links = "".join(f" ({self.link(each)})" for each in part.links)
            yield f"{paragraph(part.text)}{links}"
        elif isinstance(part, Table):
            yield from self.tables(part)
        elif isinstance(part, Matrix):
            yield from self._matrix(part)
        elif isinstance(part, Code):
            yield from self._code(part)
        else:
            yield from self.chart(part)

    def chart(
        self, part: Curves | Intervals | Gantt | Waterfall, folder: str = ""
    ) -> Iterator[str]:
        """Yield a chart as a picture below ``folder``, with the figures derived from it."""
        yield f"**{text(part.title)}**\n\n![{text(part.alt)}]({folder}{FIGURES}/{part.id}.svg)"
        if isinstance(part, Curves):
            noted = [each for each in part.series if each.note]
            if noted:
                yield "\n".join(f"- {text(each.label)}: {text(each.note)}" for each in noted)
        if isinstance(part, Gantt):
            linked = [each for each in part.panels if each.links]
            raw = "\n".join(f"- {text(each.label)}: {self._links(each.links)}" for each in linked)
            if raw:
                yield self.aside("recorded files", raw)

    def tables(self, table: Table) -> Iterator[str]:
        """Yield a table, split where it is too wide, and the evidence for its cells."""
        if table.title:
            yield f"**{text(table.title)}**"
        if not table.across:
            yield self._grid(table.columns, table.rows)
            return
        for start in range(1, len(table.columns), _COLUMNS):
            shown = [0, *range(start, min(start + _COLUMNS, len(table.columns)))]
            part = table.of_columns(shown)
            yield self._grid(part.columns, part.rows, links=False)
        evidence = "\n".join(self._evidence(table))
        if evidence:
            yield self.aside("evidence for each cell", evidence)

    def _evidence(self, table: Table) -> Iterator[str]:
        for row in table.rows:
            for column, cell in zip(table.columns[1:], row.cells[1:], strict=True):
                if cell.note or cell.links:
                    of = f"{text(row.cells[0].text)}, {text(column.title)}"
                    links = f" ({self._links(cell.links)})" if cell.links else ""
                    yield f"- {of}: **{text(cell.text)}**: {text(cell.note)}{links}"

    def _grid(self, columns: Sequence[TableColumn], rows: Sequence[Row], links: bool = True) -> str:
        lines = [
            f"| {' | '.join(text(column.title) or ' ' for column in columns)} |",
            f"|{'|'.join('---:' if column.number else '---' for column in columns)}|",
        ]
        group = ""
        for row in rows:
            if row.group and row.group != group:
                lines.append(f"| **{text(row.group)}** |{' |' * (len(columns) - 1)}")
            group = row.group
            lines.append(f"| {' | '.join(self._cell(cell, links) for cell in row.cells)} |")
        return "\n".join(lines)

    def _cell(self, cell: TableCell, links: bool) -> str:
        plain = text(cell.text)
        if links and len(cell.links) == 1 and cell.text.endswith(cell.links[0].text):
            head = text(cell.text.removesuffix(cell.links[0].text))
            return f"{head} {self.link(cell.links[0])}".strip()
        return f"{plain} {self._links(cell.links)}".strip() if links and cell.links else plain

    def _links(self, links: Sequence[Link]) -> str:
        """Return links to trials by number alone, and only the first of many."""
        short = [Link(each.text.removeprefix("trial "), each.href) for each in links]
        more = f" and {len(links) - _TRIALS} more" if len(links) > _TRIALS else ""
        return " ".join(map(self.link, short[:_TRIALS])) + more

    def _matrix(self, part: Matrix) -> Iterator[str]:
        found = part.answer
        if found.standings:
            yield from self.tables(selection.standings(found))
        yield from map(text, selection.not_ranked(found))
        for each in found.removed:
            yield f"removed: {text(each.framework)}: {text(each.reason)}"
        for table in selection.by_criteria(found, part.criteria, WIDE):
            yield from self.tables(table)
        if part.dissent and found.standings:
            lines = selection.dissent(part.dissent, found.first)
            yield "\n".join(f"- {text(str(line))}" for line in lines)
        if read_elsewhere := elsewhere(found):
            yield text(read_elsewhere)
        yield text(" ".join(selection.LEGEND.split()))
        for one in found.scored:
            if one.known and one.framework not in found.absent:
                table = points(part, one.framework)
                yield self.aside(table.title, self._grid(table.columns, table.rows))

    def _code(self, part: Code) -> Iterator[str]:
        for each in part.listings:
            longest = max(map(len, re.findall(r"`+", each.text)), default=0)
            fence = "`" * max(3, longest + 1)
            body = "\n".join(escape(line) for line in each.text.rstrip("\n").split("\n"))
            fenced = f"{fence}{each.language}\n{body}\n{fence}"
            yield self.aside(f"{each.label}: {each.file}", fenced)
