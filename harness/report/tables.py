"""Tables and figures for a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rich.console import Console, JustifyMethod, RenderableType
from rich.table import Table
from rich.text import Text

from harness.printable import printable
from harness.stats import Estimate, verdict

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


def text(said: str, style: str = "") -> Text:
    """What may have come from outside: never markup, nothing that steers the terminal."""
    return Text(printable(said), style)


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


def name(framework: str, version: str) -> str:
    """A framework with its version, once: a label may hold it already."""
    return framework if "@" in framework else f"{framework} {version}"


def interval(estimate: Estimate | None, bare: bool = False) -> str:
    """Half of the 95 % interval, relative; ``?`` where there is none, ``!`` where unstable."""
    if estimate is None:
        return "" if bare else NOTHING
    mark = "!" if estimate.unstable else ""
    if estimate.low is None or estimate.high is None or not estimate.value:
        return mark if bare else f"?{mark}"
    half = (estimate.high - estimate.low) / 2 / abs(estimate.value)
    text = f"{half:.0%}" if half < 9.995 else f"{half:.0f}x"
    return f"±{text}{mark}" if bare else f"{text}{mark}"


def ratio(estimate: Estimate | None, null_spread: float | None) -> str:
    """A ratio; with ``=`` if it is a tie."""
    if estimate is None:
        return NOTHING
    size = estimate.value
    text = f"{size:.2f}" if size < 99.95 else f"{size:.0f}"
    if estimate.low is None or null_spread is None:
        return f"{text}?"
    return f"{text}=" if verdict(estimate, null_spread) == "tie" else text


def rate(per_second: float | None) -> str:
    """So many a second, in at most five characters."""
    if per_second is None:
        return NOTHING
    if per_second < 99.95:
        return f"{per_second:.1f}"
    return f"{per_second:.0f}" if per_second < 99_999.5 else f"{per_second / 1e3:.0f}k"


def bytes_(size: float | None) -> str:
    """A size with its unit, by thousands."""
    if size is None:
        return NOTHING
    for unit in ("B", "KB", "MB"):
        if abs(size) < 999.5:
            return f"{size:.0f}{unit}" if unit == "B" or abs(size) >= 99.5 else f"{size:.3g}{unit}"
        size /= 1000
    return f"{size:.3g}GB"
