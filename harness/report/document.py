"""The one render model: all that a report says, as data.

Whoever renders it reads nothing else. All text is plain, as it came, and has to be escaped for
where it goes; all links are relative to the report's folder or addresses, and have been checked.
Seconds are seconds, sizes are bytes, shares are of 1. ``None`` is not known, and never zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from harness.analysis.timeline import Timeline
from harness.matrix.constraints import Constraint
from harness.matrix.model import Answer, Criteria, Dissent
from harness.matrix.weights import WeightProfiles

#: Version of the model's form. Raise it when a reader of the old form would go wrong.
SCHEMA = 1

#: How a text is to be seen; never the only sign of what it means.
Tone = Literal["", "good", "partly", "bad", "warning", "dim"]


class Part(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag=str.lower):
    """Base of what sections consist of."""

    id: str = ""  #: unique in a document; fit for a file's name and a fragment
    title: str = ""


class Link(msgspec.Struct, frozen=True):
    """Where something can be looked up."""

    text: str
    href: str  #: relative to the report's folder, ``https://``, or ``#`` and a part's id


class TableCell(msgspec.Struct, frozen=True):
    """One cell of a table."""

    text: str
    value: float | None = None  #: to sort by, in the column's unit
    tone: Tone = ""
    note: str = ""  #: the evidence behind it
    links: tuple[Link, ...] = ()


class TableColumn(msgspec.Struct, frozen=True):
    """What stands in a column."""

    title: str
    about: str = ""  #: what the short title means
    number: bool = False  #: set to the right, and sorted by value


class Row(msgspec.Struct, frozen=True):
    """One row; rows of one group follow each other."""

    cells: tuple[TableCell, ...]
    group: str = ""


class Note(Part, frozen=True):
    """A paragraph."""

    text: str
    tone: Tone = ""
    links: tuple[Link, ...] = ()


class Table(Part, frozen=True):
    """Rows under columns; each row has as many cells as there are columns."""

    columns: tuple[TableColumn, ...]
    rows: tuple[Row, ...]
    about: str = ""
    across: bool = False  #: columns beyond the first are subjects: a renderer may split them up
    behind: bool = False  #: for whoever doubts: a renderer may put it where few will look

    def of_columns(self, numbers: Sequence[int]) -> Table:
        """The same with some of its columns."""
        return msgspec.structs.replace(
            self,
            columns=tuple(self.columns[at] for at in numbers),
            rows=tuple(Row(tuple(row.cells[at] for at in numbers), row.group) for row in self.rows),
        )


class Matrix(Part, frozen=True):
    """The selection: what ``harness matrix`` says, and all it takes to ask with other weights."""

    sentence: str
    answer: Answer
    criteria: Criteria
    profiles: WeightProfiles
    dissent: tuple[Dissent, ...]
    links: dict[str, Link]  #: by a reading's source, where it can be followed
    choices: tuple[Constraint, ...] = ()  #: what can be required or excluded


class Axis(msgspec.Struct, frozen=True):
    """One axis of a chart."""

    title: str
    unit: str = ""  #: s, B or empty
    log: bool = False
    level: float | None = None  #: a line to compare with
    level_title: str = ""


class Dot(msgspec.Struct, frozen=True):
    """One measured point, with its 95 % interval if it has one."""

    x: float
    y: float
    low: float | None = None
    high: float | None = None


class Series(msgspec.Struct, frozen=True):
    """The points of one framework, by x."""

    label: str
    framework: str
    mode: str
    workers: int
    sequential: bool  #: by nature: never to be read as its scheduler
    points: tuple[Dot, ...]
    note: str = ""  #: what follows of them, such as the growth exponent with its interval
    links: tuple[Link, ...] = ()
    hue: int = 0  #: its framework's number: the same one in all charts of a report


class Curves(Part, frozen=True):
    """Lines through points, one for each series."""

    alt: str  #: what it shows, for who cannot see it
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
    group: str = ""  #: what it is of, where a chart has several
    note: str = ""
    links: tuple[Link, ...] = ()


class Intervals(Part, frozen=True):
    """A dot and its interval for each label."""

    alt: str
    axis: Axis
    intervals: tuple[Interval, ...]


class Panel(msgspec.Struct, frozen=True):
    """One execution in one framework."""

    label: str
    framework: str
    mode: str
    timeline: Timeline
    links: tuple[Link, ...] = ()


class Gantt(Part, frozen=True):
    """The same workload in each framework, on one axis of time from its start."""

    alt: str
    panels: tuple[Panel, ...]


class Stage(msgspec.Struct, frozen=True):
    """One stage of something that takes several."""

    name: str
    start_s: float
    lasts_s: float


class Fall(msgspec.Struct, frozen=True):
    """The stages of one framework, one after another."""

    label: str
    framework: str
    mode: str
    stages: tuple[Stage, ...]
    links: tuple[Link, ...] = ()


class Waterfall(Part, frozen=True):
    """Stages beside each other, on one axis of time."""

    alt: str
    falls: tuple[Fall, ...]


class Listing(msgspec.Struct, frozen=True):
    """One file in one framework's own idiom."""

    label: str
    framework: str
    file: str
    language: str
    text: str


class Code(Part, frozen=True):
    """The same pipeline in each framework."""

    listings: tuple[Listing, ...]


Chart = Curves | Intervals | Gantt | Waterfall
AnyPart = Note | Table | Matrix | Chart | Code


class Section(msgspec.Struct, frozen=True):
    """One chapter."""

    id: str
    title: str
    about: str
    parts: tuple[AnyPart, ...]


def charts_of(sections: Iterable[Section]) -> list[Chart]:
    """All charts of some chapters, in their order."""
    return [part for each in sections for part in each.parts if isinstance(part, Chart)]


class RunSource(msgspec.Struct, frozen=True):
    """One run that the report is of."""

    run: str
    created: str
    status: str
    commit: str
    link: Link | None  #: its run.json


class Document(msgspec.Struct, frozen=True):
    """A whole report."""

    schema: int
    title: str
    harness: str  #: version
    sentence: str  #: the answer, with its uncertainty
    warnings: tuple[str, ...]  #: what a reader has to know before any figure
    sources: tuple[RunSource, ...]
    sections: tuple[Section, ...]
