"""Tables and notes on a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager, nullcontext

from rich.console import Console, JustifyMethod, RenderableType
from rich.table import Table as Grid
from rich.text import Text

from harness.report.document import Note, Row, Table
from harness.text import escape

WIDTH = 80

#: Printable parts: data, or output that only terminals have.
Shown = Table | Note | RenderableType

STYLES = {
    "good": "green",
    "partly": "yellow",
    "bad": "red",
    "warning": "yellow",
    "dim": "dim",
    "": "",
}


def grid(
    headings: Sequence[str],
    rows: Sequence[Sequence[str | Text]],
    *,
    left: Collection[str] = (),
    title: str = "",
) -> Grid:
    """Return a table without lines; columns not named in ``left`` are right-aligned."""
    made = Grid(
        title=text(title, "bold") if title else None,
        title_justify="left",
        box=None,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        header_style="dim",
    )
    for heading in headings:
        justify: JustifyMethod = "left" if heading in left else "right"
        made.add_column(
            text(heading), justify=justify, no_wrap=heading not in left, overflow="fold"
        )
    for row in rows:
        made.add_row(*(text(cell) if isinstance(cell, str) else cell for cell in row))
    return made


def text(plain: str, style: str = "") -> Text:
    """Return ``plain``, which may be foreign, without markup and control characters."""
    return Text(escape(plain), style)


def show(*parts: Shown) -> None:
    """Print to stdout, 80 columns wide if it is not a terminal."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDTH)
    for part in parts:
        console.print(_drawn(part))


def show_line(line: Text) -> None:
    """Print one line to stdout, unwrapped, so that its paths and commands can be copied."""
    Console(highlight=False, soft_wrap=True).print(line)


def under_way(what: str) -> AbstractContextManager[object]:
    """Return a context with a spinner on stderr; without one if that is not a terminal."""
    console = Console(stderr=True)
    return console.status(text(what)) if console.is_terminal else nullcontext()


def _drawn(part: Shown) -> RenderableType:
    if isinstance(part, Note):
        return text(part.text, STYLES[part.tone])
    if isinstance(part, Table):
        left = [column.title for column in part.columns if not column.number]
        return grid(
            [column.title for column in part.columns], _rows(part.rows), left=left, title=part.title
        )
    return part


def _rows(rows: Sequence[Row]) -> list[list[Text]]:
    """Return the cells of each row; rows of a group are indented below its name."""
    made: list[list[Text]] = []
    group = ""
    for row in rows:
        if row.group and row.group != group:
            made.append([text(row.group, "bold"), *(Text() for _ in row.cells[1:])])
        group = row.group
        cells = [text(cell.text, STYLES[cell.tone]) for cell in row.cells]
        made.append([Text("  " if group else "").append(cells[0]), *cells[1:]])
    return made
