"""Document model of a report: everything that the renderers show, as data.

A renderer reads nothing else. Texts are plain and unescaped: each renderer escapes them for its
format. Links are web addresses or relative to the report's folder, and have been checked.
Times are in seconds, sizes in bytes, shares from 0 to 1. ``None`` means not known, never zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from harness.analysis.timeline import Timeline
from harness.matrix.constraints import Constraint
from harness.matrix.model import Answer, Criteria, Dissent
from harness.matrix.weights import WeightProfiles

#: Version of the format. Raise it when a reader of the old format would misread the new one.
SCHEMA = 1

#: Emphasis of a text; the words alone must carry the meaning.
Tone = Literal["", "good", "partly", "bad", "warning", "dim"]


class Part(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag=str.lower):
    """Base class of the parts of a section."""

    id: str = ""  #: unique in a document; valid as a file name and as a URL fragment
    title: str = ""


class Link(msgspec.Struct, frozen=True):
    """A link to a source or to recorded evidence."""

    text: str
    href: str  #: relative to the report's folder, ``https://…``, or ``#`` and a part's id


class TableCell(msgspec.Struct, frozen=True):
    """One cell of a table."""

    text: str
    value: float | None = None  #: number to sort by, in the column's unit
    tone: Tone = ""
    note: str = ""  #: evidence for the text
    links: tuple[Link, ...] = ()


class TableColumn(msgspec.Struct, frozen=True):
    """Heading of a column and its meaning."""

    title: str
    about: str = ""  #: meaning of the short title
    number: bool = False  #: right-aligned, and sorted by value


class Row(msgspec.Struct, frozen=True):
    """One row of a table; rows of the same group are adjacent."""

    cells: tuple[TableCell, ...]
    group: str = ""


class Note(Part, frozen=True):
    """A paragraph of text."""

    text: str
    tone: Tone = ""
    links: tuple[Link, ...] = ()


class Table(Part, frozen=True):
    """A table; each row has one cell for each column."""

    columns: tuple[TableColumn, ...]
    rows: tuple[Row, ...]
    about: str = ""
    across: bool = False  #: columns after the first are subjects: a renderer may split the table
    behind: bool = False  #: details: a renderer may fold the table or move it elsewhere

    def of_columns(self, numbers: Sequence[int]) -> Table:
        """Return the table with only the columns at these positions, in this order."""
        return msgspec.structs.replace(
            self,
            columns=tuple(self.columns[at] for at in numbers),
            rows=tuple(Row(tuple(row.cells[at] for at in numbers), row.group) for row in self.rows),
        )


class Matrix(Part, frozen=True):
    """The selection matrix: its answer, and the data to compute it again with other weights."""

    sentence: str
    answer: Answer
    criteria: Criteria
    profiles: WeightProfiles
    dissent: tuple[Dissent, ...]
    links: dict[str, Link]  #: by the source of a reading, if it can be linked
    choices: tuple[Constraint, ...] = ()  #: constraints that a reader may require or exclude


class Axis(msgspec.Struct, frozen=True):
    """One axis of a chart."""

    title: str
    unit: str = ""  #: s, B or empty
    log: bool = False
    level: float | None = None  #: value of a reference line
    level_title: str = ""


class Dot(msgspec.Struct, frozen=True):
    """One measured point, with its 95 % interval if it has one."""

    x: float
    y: float
    low: float | None = None
    high: float | None = None


class Series(msgspec.Struct, frozen=True):
    """The points of one framework, ordered by x."""

    label: str
    framework: str
    mode: str
    workers: int
    sequential: bool  #: the mode runs one step at a time: not a measure of the scheduler
    points: tuple[Dot, ...]
    note: str = ""  #: figure derived from the points, such as the growth exponent with its interval
    links: tuple[Link, ...] = ()
    hue: int = 0  #: colour number of the framework, the same in all charts of a report


class Curves(Part, frozen=True):
    """A line chart with one line for each series."""

    alt: str  #: description for readers who cannot see the chart
    x: Axis
    y: Axis
    series: tuple[Series, ...]


class Interval(msgspec.Struct, frozen=True):
    """One value with its 95 % interval."""

    label: str
    framework: str
    mode: str
    value: float
    low: float | None = None
    high: float | None = None
    group: str = ""  #: panel of the chart, where it has several
    note: str = ""
    links: tuple[Link, ...] = ()


class Intervals(Part, frozen=True):
    """A dot plot: one dot with its interval for each label."""

    alt: str
    axis: Axis
    intervals: tuple[Interval, ...]


class Panel(msgspec.Struct, frozen=True):
    """Timeline of one execution in one framework."""

    label: str
    framework: str
    mode: str
    timeline: Timeline
    links: tuple[Link, ...] = ()


class Gantt(Part, frozen=True):
    """A Gantt chart: the same workload in each framework, on one time axis from its start."""

    alt: str
    panels: tuple[Panel, ...]


class Stage(msgspec.Struct, frozen=True):
    """One stage of a set-up."""

    name: str
    start_s: float
    lasts_s: float


class Fall(msgspec.Struct, frozen=True):
    """The consecutive stages of one framework's set-up."""

    label: str
    framework: str
    mode: str
    stages: tuple[Stage, ...]
    links: tuple[Link, ...] = ()


class Waterfall(Part, frozen=True):
    """A waterfall chart: set-up stages of all frameworks on one time axis."""

    alt: str
    falls: tuple[Fall, ...]


class Listing(msgspec.Struct, frozen=True):
    """Source code of one exported file of one framework."""

    label: str
    framework: str
    file: str
    language: str
    text: str


class Code(Part, frozen=True):
    """Source code of the same pipeline for each framework."""

    listings: tuple[Listing, ...]


Chart = Curves | Intervals | Gantt | Waterfall
AnyPart = Note | Table | Matrix | Chart | Code


class Section(msgspec.Struct, frozen=True):
    """One chapter of a report."""

    id: str
    title: str
    about: str
    parts: tuple[AnyPart, ...]


def charts_of(sections: Iterable[Section]) -> list[Chart]:
    """Return all charts of ``sections``, in order."""
    return [part for each in sections for part in each.parts if isinstance(part, Chart)]


class RunSource(msgspec.Struct, frozen=True):
    """One run that the report was made from."""

    run: str
    created: str
    status: str
    commit: str
    link: Link | None  #: to its run.json


class Document(msgspec.Struct, frozen=True):
    """A whole report."""

    schema: int
    title: str
    harness: str  #: version of the harness
    sentence: str  #: the answer, with its uncertainty
    warnings: tuple[str, ...]  #: caveats to read before any figure
    sources: tuple[RunSource, ...]
    sections: tuple[Section, ...]
