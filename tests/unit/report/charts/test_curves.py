"""Curves of a run, as data and as files."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

from harness.analysis.summary import summarise
from harness.report.charts import curves
from harness.report.charts.vega import drawings
from harness.report.charts.vega.style import PALETTE
from tests.unit.made_plan import entry
from tests.unit.made_run import Costs, Making, made

GROWTH = {"larger": entry("growth", points=[{"steps": n} for n in (2, 4, 8, 16)])}


def test_a_series_becomes_a_curve_for_each_framework(tmp_path: Path) -> None:
    shown = summarise(tmp_path, made(tmp_path, GROWTH, Making({"fast": Costs(step_ns=10**6)})))
    (experiment,) = shown.experiments
    (chart,) = curves.curves(experiment)
    by_label = {each.label: each.points for each in chart.series}
    assert len(by_label) == 3  # plain with one and with two workers, and the framework
    (mine,) = (points for label, points in by_label.items() if label.startswith("fast"))
    assert [(dot.x, dot.y) for dot in mine] == [(2, 0.004), (4, 0.008), (8, 0.016), (16, 0.032)]


def test_a_framework_has_one_colour_in_all_charts(tmp_path: Path) -> None:
    fast = Making({"fast": Costs(step_ns=10**6)})
    (experiment,) = summarise(tmp_path, made(tmp_path, GROWTH, fast)).experiments
    (chart,) = curves.curves(experiment, order=("absent", "fast", "plain"))
    colours = {each.framework: each.hue for each in chart.series}
    assert colours == {"fast": 1, "plain": 2}
    (drawing,) = drawings(chart)
    scale = drawing.spec["layer"][-1]["encoding"]["color"]["scale"]
    assert dict(zip(scale["domain"], scale["range"], strict=True)) == {
        each.label: PALETTE[each.hue] for each in chart.series
    }


def test_the_file_names_experiment_axes_and_frameworks(tmp_path: Path) -> None:
    shown = summarise(tmp_path, made(tmp_path, GROWTH))
    (path,) = curves.write(shown)
    assert path == tmp_path / "figures" / "larger-inprocess.svg"
    text = " ".join(ET.parse(path).getroot().itertext())
    for part in ("larger", "steps", "makespan", "fast", "P=2"):
        assert part in text


def test_the_same_run_gives_the_same_file(tmp_path: Path) -> None:
    shown = summarise(tmp_path, made(tmp_path, GROWTH))
    (path,) = curves.write(shown)
    first = path.read_bytes()
    curves.write(shown)
    assert path.read_bytes() == first


def test_an_experiment_without_a_series_has_no_curve(tmp_path: Path) -> None:
    chain = {"chain": entry("overhead", parameters={"steps": 4})}
    assert curves.write(summarise(tmp_path, made(tmp_path, chain))) == []
