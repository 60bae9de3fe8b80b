"""The answer in a screenful, for a place between two marks in a Markdown file of the user's."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import msgspec

from harness.errors import UsageError
from harness.matrix.answer import elsewhere
from harness.report import markdown
from harness.report.document import Document, Intervals, Link, Matrix
from harness.report.tables import matrix as selection

BEGIN, END = "<!-- harness:begin -->", "<!-- harness:end -->"
_CHARTED = "overhead"  # the section whose first chart is shown


def put(document: Document, whole: str, folder: str) -> str:
    """Return ``whole`` with the answer in place of the text between its marks.

    ``folder`` is the path from the file to the report. Raises
    :class:`~harness.errors.UsageError` for a text without the marks.
    """
    head, begin, rest = whole.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise UsageError(f"the marks are missing: write {BEGIN} and {END} where it belongs")
    return f"{head}{BEGIN}\n{render(document, folder)}\n{END}{tail}"


def render(document: Document, folder: str) -> str:
    """Return the winner, the matrix and one chart; ``folder`` leads to the whole report."""
    return "\n\n".join(_blocks(document, folder))


def _blocks(document: Document, folder: str) -> Iterator[str]:
    writer, folder = markdown.Writer(), quote(folder)
    yield f"**{markdown.text(document.sentence)}**"
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
        if section.id == _CHARTED and charts:
            # The values stand in the report; here the whole list would be longer than the answer.
            short = msgspec.structs.replace(charts[0], alt=charts[0].title)
            yield from writer.chart(short, f"{folder}/")
    if document.warnings:
        caveats = "; ".join(markdown.text(each) for each in document.warnings)
        yield f"To bear in mind: {caveats}."
    link = writer.link(Link("the whole report", f"{folder}/{markdown.MAIN}"))
    count = len(document.sources)
    yield f"From {count} run{'s' * (count != 1)}: {link}."
