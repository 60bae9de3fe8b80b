"""Chapters on measurements: tables that are shown, and tables that are details."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from harness.home import Home
from harness.report.chapters import measured
from harness.report.document import Section, Table
from harness.report.material import Material
from tests.unit.report.made_report import material

replace = msgspec.structs.replace


def also_in(mode: str, of: Material) -> Material:
    """Return the material as if every cell had run in another mode, too."""
    (run,) = of.runs
    experiments = [
        replace(each, rows=[*each.rows, *(replace(row, mode=mode) for row in each.rows)])
        for each in run.summary.experiments
    ]
    summary = replace(run.summary, experiments=experiments)
    return replace(of, runs=(replace(run, summary=summary),))


@pytest.mark.parametrize(
    ("chapter", "experiment", "tables"),
    [
        (measured.overhead, "overhead", 4),
        (measured.granularity, "metg", 2),
        (measured.scaling, "growth", 2),
    ],
)
def test_tables_of_a_second_mode_are_details(
    home: Home, chapter: Callable[[Material], Section], experiment: str, tables: int
) -> None:
    parts = chapter(also_in("server", material(home))).parts
    found = [each for each in parts if isinstance(each, Table) and experiment in each.title]
    assert len(found) == tables
    assert all(("mode server" in each.title) == each.behind for each in found)


def test_the_pipeline_has_a_shown_table_for_every_mode(home: Home) -> None:
    parts = measured.pipeline(also_in("server", material(home))).parts
    found = [each for each in parts if isinstance(each, Table) and "mode" in each.title]
    assert [each.behind for each in found] == [False, False]
