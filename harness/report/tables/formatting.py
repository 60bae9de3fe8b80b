"""Builders of tables and cells, and short texts for figures."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Protocol

from harness.frameworks.label import adapter_of
from harness.report.document import Link, Note, Row, Table, TableCell, TableColumn, Tone
from harness.report.tables.glossary import MEANINGS
from harness.stats import Estimate, verdict

NOTHING = "–"
ORCHESTRATOR = "orchestrator"  # the role of most frameworks, so that tables do not repeat it
BLANK = Note(text="")  #: an empty line on a terminal; omitted elsewhere


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
    """Return a table; columns that are not in ``left`` hold numbers.

    ``groups`` has the group of each row; it is empty if the table has no groups.
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
    """Return a cell with tone, evidence and links."""
    return TableCell(text, tone=tone, note=note, links=tuple(links))


def note(text: str, tone: Tone = "") -> Note:
    """Return a paragraph."""
    return Note(text=text, tone=tone)


def seconds(estimate: Estimate | None) -> TableCell:
    """Return a cell with a duration, and its interval as evidence."""
    return _measured(estimate, duration)


def size(estimate: Estimate | None) -> TableCell:
    """Return a cell with a size in bytes, and its interval as evidence."""
    return _measured(estimate, bytes_)


def per_second(estimate: Estimate | None) -> TableCell:
    """Return a cell with a rate per second, and its interval as evidence."""
    return _measured(estimate, rate)


def _measured(estimate: Estimate | None, shown: Callable[[float | None], str]) -> TableCell:
    if estimate is None:
        return TableCell(NOTHING)
    basis = f"{estimate.repetitions} executions in {estimate.trials} trials"
    if estimate.low is not None and estimate.high is not None:
        basis = f"95 %: {shown(estimate.low)} to {shown(estimate.high)}; {basis}"
    return TableCell(shown(estimate.value), estimate.value, note=basis)


def duration(seconds: float | None) -> str:
    """Return a duration with its unit in at most six characters; a dash for None."""
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
    """Return the value in at most four characters, and its unit."""
    text = f"{value:.1f}"
    return f"{text if len(text) <= 4 else f'{value:.0f}'}{unit}"


class Measured(Protocol):
    """Figures of one framework, as the first cell of a row names it."""

    @property
    def framework(self) -> str:
        """Return its label."""

    @property
    def version(self) -> str:
        """Return its version."""

    @property
    def role(self) -> str:
        """Return what it is; empty if that was not recorded."""

    @property
    def approximate(self) -> bool:
        """Return whether outputs were compared only within a tolerance."""


def name(framework: str, version: str) -> str:
    """Return framework and version; the label alone if it already names a version."""
    return framework if adapter_of(framework) != framework else f"{framework} {version}"


def subject(of: Measured) -> str:
    """Return framework and version, with marks: ``≈`` for a tolerance, the role on a second line.

    An orchestrator has no mark for its role.
    """
    mark = " ≈" if of.approximate else ""
    return f"{name(of.framework, of.version)}{mark}{role_mark(of.role)}"


def role_mark(role: str) -> str:
    """Return a second line with a framework's role; empty for an orchestrator and for plain."""
    return "" if role in ("", ORCHESTRATOR, "baseline") else f"\n({role})"


def interval(estimate: Estimate | None, bare: bool = False) -> str:
    """Return half of the relative 95 % interval; ``?`` without one, ``!`` if unstable."""
    if estimate is None:
        return "" if bare else NOTHING
    mark = "!" if estimate.unstable else ""
    if estimate.low is None or estimate.high is None or not estimate.value:
        return mark if bare else f"?{mark}"
    half = (estimate.high - estimate.low) / 2 / abs(estimate.value)
    text = f"{half:.0%}" if half < 9.995 else f"{half:.0f}x"
    return f"±{text}{mark}" if bare else f"{text}{mark}"


def ratio(estimate: Estimate | None, null_spread: float | None) -> str:
    """Return a ratio; with ``=`` if it is a tie, with ``?`` if that cannot be judged."""
    if estimate is None:
        return NOTHING
    size = estimate.value
    text = f"{size:.2f}" if size < 99.95 else f"{size:.0f}"
    if estimate.low is None or null_spread is None:
        return f"{text}?"
    return f"{text}=" if verdict(estimate, null_spread) == "tie" else text


def rate(per_second: float | None) -> str:
    """Return a rate per second in at most five characters."""
    if per_second is None:
        return NOTHING
    if per_second < 99.95:
        return f"{per_second:.1f}"
    return f"{per_second:.0f}" if per_second < 99_999.5 else f"{per_second / 1e3:.0f}k"


def bytes_(size: float | None) -> str:
    """Return a size with its decimal unit (1 KB = 1000 B)."""
    if size is None:
        return NOTHING
    for unit in ("B", "KB", "MB"):
        if abs(size) < 999.5:
            return f"{size:.0f}{unit}" if unit == "B" or abs(size) >= 99.5 else f"{size:.3g}{unit}"
        size /= 1000
    return f"{size:.3g}GB"
