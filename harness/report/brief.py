"""The answer in a screenful, between two marks of somebody's own text."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from harness.errors import UsageError
from harness.matrix.answer import elsewhere
from harness.report import markdown
from harness.report.document import Document, Intervals, Link, Matrix
from harness.report.tables import matrix as selection

BEGIN, END = "<!-- harness:begin -->", "<!-- harness:end -->"
_DRAWN = ("overhead", "granularity")  # sections of which the first chart is shown


def put(document: Document, whole: str, folder: str) -> str:
    """``whole`` with the answer in place of what stood between its marks; ``folder`` leads from it
    to the report.

    Raises :class:`~harness.errors.UsageError` for a text without such marks.
    """
    head, begin, rest = whole.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise UsageError(f"there is no place for it: write {BEGIN} and {END} where it is to be")
    return f"{head}{BEGIN}\n{render(document, folder)}\n{END}{tail}"


def render(document: Document, folder: str) -> str:
    """Who wins, the matrix and two charts; ``folder`` leads to the whole report."""
    return "\n\n".join(_blocks(document, folder))


def _blocks(document: Document, folder: str) -> Iterator[str]:
    writer, folder = markdown.Writer(), quote(folder)
    yield f"**{markdown.text(document.sentence)}**"
    for warning in document.warnings:
        yield f"> {markdown.text(warning)}"
    for part in (part for section in document.sections for part in section.parts):
        if isinstance(part, Matrix):
            if part.answer.standings:
                yield from writer.tables(selection.standings(part.answer))
            for table in selection.by_criteria(part.answer, part.criteria, markdown.WIDE):
                yield from writer.tables(table)
            if read_elsewhere := elsewhere(part.answer):
                yield markdown.text(read_elsewhere)
    for section in document.sections:
        charts = [part for part in section.parts if isinstance(part, Intervals)]
        if section.id in _DRAWN and charts:
            yield from writer.chart(charts[0], f"{folder}/")
    runs = ", ".join(f"{each.run} ({each.created[:10]})" for each in document.sources)
    link = writer.link(Link("the whole report", f"{folder}/{markdown.MAIN}"))
    yield f"Of {markdown.text(runs)}: {link}."
