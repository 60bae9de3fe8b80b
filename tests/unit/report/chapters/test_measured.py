"""What the chapters of what was measured show, and what they put behind a chart."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from harness.home import Home
from harness.report.chapters import measured
from harness.report.document import Section, Table
from harness.report.material import Material
from tests.unit.report.conftest import material

replace = msgspec.structs.replace


def also_in(mode: str, of: Material) -> Material:
    """The same, as if every cell had run in another mode, too."""
    (told,) = of.runs
    experiments = [
        replace(each, rows=[*each.rows, *(replace(row, mode=mode) for row in each.rows)])
        for each in told.summary.experiments
    ]
    summary = replace(told.summary, experiments=experiments)
    return replace(of, runs=(replace(told, summary=summary),))


@pytest.mark.parametrize(
    ("chapter", "experiment", "tables"),
    [
        (measured.overhead, "overhead", 4),
        (measured.granularity, "metg", 2),
        (measured.scaling, "growth", 2),
    ],
)
def test_tables_of_a_second_mode_stand_behind_those_of_the_first(
    home: Home, chapter: Callable[[Material], Section], experiment: str, tables: int
) -> None:
    parts = chapter(also_in("server", material(home))).parts
    found = [each for each in parts if isinstance(each, Table) and experiment in each.title]
    assert len(found) == tables
    assert all(("mode server" in each.title) == each.behind for each in found)


def test_the_pipeline_is_read_in_every_mode(home: Home) -> None:
    parts = measured.pipeline(also_in("server", material(home))).parts
    found = [each for each in parts if isinstance(each, Table) and "mode" in each.title]
    assert [each.behind for each in found] == [False, False]
