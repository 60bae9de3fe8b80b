"""Tables and figures for a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rich.console import Console, JustifyMethod, RenderableType
from rich.table import Table
from rich.text import Text

_WIDTH = 80
NOTHING = "–"


def table(
    headings: Sequence[str],
    rows: Sequence[Sequence[str | Text]],
    *,
    left: Collection[str] = (),
    title: str = "",
) -> Table:
    """A table without lines; columns not named in ``left`` are set to the right."""
    made = Table(
        title=Text(title, style="bold") if title else None,
        title_justify="left",
        box=None,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        header_style="dim",
    )
    for heading in headings:
        justify: JustifyMethod = "left" if heading in left else "right"
        made.add_column(heading, justify=justify, no_wrap=heading not in left, overflow="fold")
    for row in rows:
        # What came from outside is text, never markup.
        made.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in row))
    return made


def show(*parts: RenderableType) -> None:
    """Print to stdout, 80 columns wide where it is no terminal."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_WIDTH)
    for part in parts:
        console.print(part)


def duration(seconds: float | None) -> str:
    """A duration with its unit in at most six characters; a dash for none."""
    if seconds is None:
        return NOTHING
    size = abs(seconds)
    if size < 0.9995e-3:
        return f"{round(seconds * 1e6)}µs"
    if size < 0.9995:
        return _digits(seconds * 1e3, "ms")
    if size < 999.5:
        return _digits(seconds, "s")
    return _digits(seconds / 60, "m") if size < 59_970 else _digits(seconds / 3600, "h")


def _digits(value: float, unit: str) -> str:
    """At most four characters and a unit."""
    text = f"{value:.1f}"
    return f"{text if len(text) <= 4 else f'{value:.0f}'}{unit}"


def show_line(line: Text) -> None:
    """Print one line to stdout, unwrapped, so that its paths and commands can be copied."""
    Console(highlight=False, soft_wrap=True).print(line)
