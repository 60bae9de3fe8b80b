"""What the chapters of what was measured show, and what they put behind a chart."""

from __future__ import annotations

import msgspec

from harness.home import Home
from harness.report.chapters import measured
from harness.report.document import Table
from harness.report.material import Material
from tests.unit.report.conftest import material

replace = msgspec.structs.replace


def also_in(mode: str, of: Material) -> Material:
    """The same, as if every cell had run in another mode, too."""
    (told,) = of.runs
    experiments = [
        replace(each, rows=[*each.rows, *(replace(row, mode=mode) for row in each.rows)])
        for each in told.view.experiments
    ]
    view = replace(told.view, experiments=experiments)
    return replace(of, runs=(replace(told, view=view),))


def test_tables_of_a_second_mode_stand_behind_the_charts_that_show_them(home: Home) -> None:
    parts = measured.overhead(also_in("server", material(home))).parts
    tables = [
        each for each in parts if isinstance(each, Table) and each.title.startswith("overhead")
    ]
    assert len(tables) == 4
    assert all(("mode server" in each.title) == each.behind for each in tables)
