"""Table of the points of one framework, down to readings and sources."""

from __future__ import annotations

from harness.matrix.model import Indicator, Point
from harness.matrix.ranking import tenths
from harness.report.document import Link, Matrix, Row, Table, TableCell, TableColumn
from harness.report.tables.matrix import bounds, circumstances, value_text


def points(matrix: Matrix, framework: str) -> Table:
    """Return a row for each indicator, by criterion: reading, bounds, points added, sources."""
    found = matrix.answer
    one = next(each for each in found.scored if each.framework == framework)
    whole = sum(found.weights.values())
    rows = []
    for name, weight in found.weights.items():
        criterion, scored = matrix.criteria.criteria[name], one.criteria[name]
        share = weight / whole
        inside = sum(each.weight for each in criterion.indicators)
        group = f"{criterion.title}: {tenths(scored.score.mid)} of 100, {share:.1%} of the weight"
        for indicator, point in zip(criterion.indicators, scored.points, strict=True):
            most = share * indicator.weight / inside
            rows.append(Row(_cells(matrix, indicator, point, most), group))
    return Table(
        title=f"origin of the points of {framework}",
        columns=(
            TableColumn("indicator"),
            TableColumn("reading"),
            TableColumn("kind and bounds"),
            TableColumn("adds", "points that it adds / the most that it can add", number=True),
            TableColumn("source"),
        ),
        rows=tuple(rows),
    )


def _cells(
    matrix: Matrix, indicator: Indicator, point: Point, most: float
) -> tuple[TableCell, ...]:
    reading = point.reading
    adds = point.score.mid * most
    links: list[Link] = []
    unlinked: list[str] = []
    for source in reading.sources if reading else ():
        if source in matrix.links:
            links.append(matrix.links[source])
        else:
            unlinked.append(source)
    read = [circumstances(reading)] if reading else []
    return (
        TableCell(indicator.title, note=indicator.why),
        TableCell(value_text(reading, indicator.unit), tone="" if point.known else "dim"),
        TableCell(bounds(indicator)),
        TableCell(f"{tenths(adds)} / {tenths(most)}", adds),
        TableCell("; ".join([*read, *unlinked]), links=tuple(links)),
    )
