"""Charts as inline SVG, which mail and paper show, too, because no script is needed."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from markupsafe import Markup

from harness.report.charts import save
from harness.report.charts.vega import alone, drawings, told
from harness.report.document import (
    Chart,
    Curves,
    Gantt,
    Intervals,
    Row,
    Section,
    Table,
    TableCell,
    TableColumn,
    Waterfall,
    charts_of,
)

_SVG = "http://www.w3.org/2000/svg"
_LABEL = "aria-label"


class Picture(NamedTuple):
    """One drawing with its title, as markup for a page."""

    title: str
    svg: Markup


def pictures(sections: Sequence[Section]) -> dict[str, list[Picture]]:
    """Return the drawings of all charts, by the id of the chart."""
    wanted = [(chart.id, each) for chart in charts_of(sections) for each in drawings(chart)]
    drawn = save.svgs([alone(each) for _, each in wanted])
    found: dict[str, list[Picture]] = {}
    for (name, each), svg in zip(wanted, drawn, strict=True):
        found.setdefault(name, []).append(Picture(each.title, Markup(tidied(svg))))
    return found


def tidied(svg: str) -> str:
    """Return an SVG without roles and sizes; labels of its marks become titles.

    The page itself describes each chart and has a table of its values.
    """
    ElementTree.register_namespace("", _SVG)
    root = ElementTree.fromstring(svg)
    for element in root.iter():
        label = element.get(_LABEL)
        for name in [name for name in element.attrib if name == "role" or name.startswith("aria")]:
            del element.attrib[name]
        if label and element.tag == f"{{{_SVG}}}path":
            title = ElementTree.Element(f"{{{_SVG}}}title")
            title.text = label
            element.insert(0, title)
    for name in ("width", "height", "version", "class"):
        root.attrib.pop(name, None)
    root.set("aria-hidden", "true")
    root.set("focusable", "false")
    return ElementTree.tostring(root, encoding="unicode")


def in_numbers(part: Chart) -> Table:
    """Return the values of a chart as a table."""
    if isinstance(part, Curves):
        return _curves(part)
    if isinstance(part, Intervals):
        return _intervals(part)
    return _gantt(part) if isinstance(part, Gantt) else _waterfall(part)


def _table(part: Chart, columns: Sequence[TableColumn], rows: Sequence[Row]) -> Table:
    return Table(
        id=f"{part.id}-numbers", title=part.title, columns=tuple(columns), rows=tuple(rows)
    )


def _curves(part: Curves) -> Table:
    columns = [
        TableColumn("series"),
        TableColumn(part.x.title, number=True),
        TableColumn(part.y.title, number=True),
    ]
    columns.append(TableColumn("95 %", number=True))
    rows = [
        Row(
            (
                TableCell(series.label, note=series.note, links=series.links),
                TableCell(told(dot.x, part.x.unit), dot.x),
                TableCell(told(dot.y, part.y.unit), dot.y),
                TableCell(_range(dot.low, dot.high, part.y.unit)),
            )
        )
        for series in part.series
        for dot in series.points
    ]
    return _table(part, columns, rows)


def _intervals(part: Intervals) -> Table:
    columns = [
        TableColumn("series"),
        TableColumn(part.axis.title, number=True),
        TableColumn("95 %", number=True),
    ]
    rows = [
        Row(
            (
                TableCell(each.label, note=each.note, links=each.links),
                TableCell(told(each.value, part.axis.unit), each.value),
                TableCell(_range(each.low, each.high, part.axis.unit)),
            ),
            group=each.group,
        )
        for each in part.intervals
    ]
    return _table(part, columns, rows)


def _gantt(part: Gantt) -> Table:
    columns = [TableColumn("step"), TableColumn("worker"), TableColumn("start", number=True)]
    columns += [TableColumn("lasts", number=True), TableColumn("")]
    rows = []
    for panel in part.panels:
        for bar in panel.timeline.bars:
            lasts = None if bar.end_ns is None else (bar.end_ns - bar.start_ns) / 1e9
            cells = (
                TableCell(bar.step if bar.attempt == 1 else f"{bar.step} #{bar.attempt}"),
                TableCell(bar.lane),
                TableCell(told(bar.start_ns / 1e9, "s"), bar.start_ns / 1e9),
                TableCell(told(lasts, "s"), lasts),
                TableCell(
                    {"critical": "on the critical path", "step": ""}.get(bar.state, bar.state)
                ),
            )
            rows.append(Row(cells, group=panel.label))
    return _table(part, columns, rows)


def _waterfall(part: Waterfall) -> Table:
    columns = [
        TableColumn("stage"),
        TableColumn("starts", number=True),
        TableColumn("lasts", number=True),
    ]
    rows = [
        Row(
            (
                TableCell(stage.name),
                TableCell(told(stage.start_s, "s"), stage.start_s),
                TableCell(told(stage.lasts_s, "s"), stage.lasts_s),
            ),
            group=fall.label,
        )
        for fall in part.falls
        for stage in fall.stages
    ]
    return _table(part, columns, rows)


def _range(low: float | None, high: float | None, unit: str) -> str:
    return "?" if low is None or high is None else f"{told(low, unit)}–{told(high, unit)}"


def grouped(rows: Sequence[Row]) -> Iterator[tuple[str, list[Row]]]:
    """Yield adjacent rows by their group."""
    for group, found in itertools.groupby(rows, key=lambda row: row.group):
        yield group, list(found)
