"""Tables and figures for a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rich.console import Console, RenderableType
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
        padding=(0, 2, 0, 0),
        header_style="dim",
    )
    for heading in headings:
        side = "left" if heading in left else "right"
        made.add_column(heading, justify=side, no_wrap=heading not in left, overflow="fold")
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
    for limit, factor, unit in ((0.9995e-3, 1e6, "µs"), (0.9995, 1e3, "ms"), (99.95, 1, "s")):
        if size < limit:
            value = seconds * factor
            return f"{value:.0f}{unit}" if abs(value) >= 99.5 or unit == "µs" else f"{value:.1f}{unit}"
    return f"{seconds / 60:.1f}min" if size < 5999 else f"{seconds / 3600:.1f}h"
