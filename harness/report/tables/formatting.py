"""Tables as data, and figures in few characters."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from harness.frameworks.label import adapter_of
from harness.report.document import Link, Note, Row, Table, TableCell, TableColumn, Tone
from harness.report.tables.glossary import MEANINGS
from harness.stats import Estimate, verdict

NOTHING = "–"
BLANK = Note(text="")  #: a terminal's empty line; nothing elsewhere


def table(
    headings: Sequence[str],
    rows: Sequence[Sequence[str | TableCell]],
    *,
    left: Collection[str] = (),
    title: str = "",
    groups: Sequence[str] = (),
    across: bool = False,
    behind: bool = False,
) -> Table:
    """A table; columns not named in ``left`` are of numbers. ``groups`` has one name for each row
    that belongs to one.
    """
    return Table(
        title=title,
        columns=tuple(
            TableColumn(heading, MEANINGS.get(heading, ""), heading not in left)
            for heading in headings
        ),
        rows=tuple(
            Row(
                tuple(TableCell(cell) if isinstance(cell, str) else cell for cell in row),
                groups[number] if groups else "",
            )
            for number, row in enumerate(rows)
        ),
        across=across,
        behind=behind,
    )


def cell(text: str, tone: Tone = "", note: str = "", links: Sequence[Link] = ()) -> TableCell:
    """A cell that is more than its text."""
    return TableCell(text, tone=tone, note=note, links=tuple(links))


def note(text: str, tone: Tone = "") -> Note:
    """A paragraph."""
    return Note(text=text, tone=tone)


def seconds(estimate: Estimate | None) -> TableCell:
    """A duration as a cell, with its interval as the evidence."""
    return _measured(estimate, duration)


def size(estimate: Estimate | None) -> TableCell:
    """Likewise a size."""
    return _measured(estimate, bytes_)


def per_second(estimate: Estimate | None) -> TableCell:
    """Likewise a rate."""
    return _measured(estimate, rate)


def _measured(estimate: Estimate | None, shown: Callable[[float | None], str]) -> TableCell:
    if estimate is None:
        return TableCell(NOTHING)
    of = f"{estimate.repetitions} executions in {estimate.trials} trials"
    if estimate.low is not None and estimate.high is not None:
        of = f"95 %: {shown(estimate.low)} to {shown(estimate.high)}; {of}"
    return TableCell(shown(estimate.value), estimate.value, note=of)


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


def name(framework: str, version: str) -> str:
    """A framework with its version, once: a label may hold it already."""
    return framework if adapter_of(framework) != framework else f"{framework} {version}"


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
