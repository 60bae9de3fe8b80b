"""Report on a terminal of 80 columns: tables and timelines, without charts."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from harness.report.document import (
    AnyPart,
    Code,
    Document,
    Gantt,
    Matrix,
    Note,
    Section,
    Table,
)
from harness.report.tables import matrix as selection
from harness.report.terminal import console, gantt
from harness.report.terminal.console import Shown, text

_COLUMNS = 5  # subjects that fit into 80 characters


def print_document(document: Document) -> None:
    """Print the whole report."""
    console.show(text(document.title, "bold"), text(document.sentence, "bold"))
    console.show(*(text(each, "bold yellow") for each in document.warnings))
    for section in document.sections:
        console.show(*_section(section))


def _section(section: Section) -> Iterator[Shown]:
    yield ""
    yield text(f"{section.title.upper()}", "bold underline")
    yield text(section.about, "dim")
    for part in section.parts:
        yield from _part(part)


def _part(part: AnyPart) -> Iterator[Shown]:
    if isinstance(part, Matrix):
        yield from selection.parts(part.answer, part.criteria)[1:]  # without the sentence
        if part.answer.standings:
            yield from selection.dissent(part.dissent, part.answer.first)
    elif isinstance(part, Table):
        yield ""
        yield from _table(part)
    elif isinstance(part, Note):
        yield part
    elif isinstance(part, Gantt):
        for panel in part.panels:
            yield ""
            yield from gantt.drawn(panel.timeline, panel.label)
    elif isinstance(part, Code):
        files = ", ".join(f"{each.framework} {each.file}" for each in part.listings)
        yield text(f"{files}: see the Markdown report, or run: harness export", "dim")


def _table(table: Table) -> Iterator[Shown]:
    """Yield the table in parts that fit, then the evidence for each cell."""
    if not table.across:
        yield table
        return
    for start in range(1, len(table.columns), _COLUMNS):
        shown = [0, *range(start, min(start + _COLUMNS, len(table.columns)))]
        yield table.of_columns(shown)
    for row in table.rows:
        for column, cell in zip(table.columns[1:], row.cells[1:], strict=True):
            if cell.note:
                of = " ".join(column.title.split("\n"))
                line = Text("  ").append(text(f"{of}, {row.cells[0].text}: {cell.text}: "))
                yield line.append(text(cell.note, "dim"))
