"""Curves of a run as SVG files: what a number leaves out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from harness.analysis.findings import Granularity, Growing, Payload
from harness.report.chart import STYLE, save
from harness.report.tables import name
from harness.report.view import ExperimentView, View

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FOLDER = "figures"

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")

# Okabe and Ito's palette (2008); markers tell the curves apart without colours too.
_COLOURS = ("#000000", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
_MARKERS = "osD^vP*X"


class Curve(msgspec.Struct, frozen=True):
    """One framework's points, and the axes that they are for."""

    label: str
    points: list[tuple[float, float]]


class _Axis(msgspec.Struct, frozen=True):
    across: str
    up: str
    logs: bool  #: of the upward axis; the other one is always on logs
    level: float | None = None  #: a line to compare with


_AXES = {
    "metg": _Axis(
        "time of a step, s", "efficiency: share of P workers' time that is work", False, 0.5
    ),
    "growth": _Axis("steps", "makespan, s", True),
    "payload": _Axis("size of what travels, bytes", "makespan, s", True),
}


def write(view: View) -> list[Path]:
    """Draw every experiment that has curves into the run's folder; returns the files."""
    made = []
    for experiment in view.experiments:
        lines = list(curves(experiment))
        if experiment.ruler or not lines:
            continue
        path = Path(view.folder) / FOLDER / f"{_UNSAFE.sub('-', experiment.name)}.svg"
        _draw(path, experiment, lines)
        made.append(path)
    return made


def curves(experiment: ExperimentView) -> Iterator[Curve]:
    """The curves of an experiment, one for each framework and number of workers."""
    for found in experiment.findings:
        label = f"{name(found.framework, found.version)}, P={found.workers}"
        if isinstance(found, Granularity) and found.points:
            yield Curve(label, [(step, efficiency) for step, _, efficiency in found.points])
        elif isinstance(found, (Growing, Payload)) and found.sizes:
            yield Curve(label, [(float(size), taken) for size, taken in found.sizes])


def _draw(path: Path, experiment: ExperimentView, lines: list[Curve]) -> None:
    # Loaded here: it takes a second, which other commands need not wait.
    from matplotlib import style
    from matplotlib.figure import Figure

    with style.context(["default", STYLE], after_reset=True):
        figure = Figure(figsize=(8, 5), layout="constrained")
        axes = figure.add_subplot()
        _plot(axes, _AXES[experiment.estimates], lines)
        axes.set_title(f"{experiment.name}: {experiment.about}", loc="left", parse_math=False)
        save(figure, path)


def _plot(axes: Axes, axis: _Axis, lines: list[Curve]) -> None:
    for index, curve in enumerate(lines):
        across, up = zip(*sorted(curve.points), strict=True)
        colour, marker = _COLOURS[index % len(_COLOURS)], _MARKERS[index % len(_MARKERS)]
        axes.plot(across, up, color=colour, marker=marker, markersize=4, label=curve.label)
    axes.set_xscale("log")
    axes.set_yscale("log" if axis.logs else "linear")
    if axis.level is not None:
        axes.axhline(axis.level, color="#999999", linestyle="--", linewidth=1)
        axes.set_ylim(0, 1.05)
    axes.set_xlabel(axis.across)
    axes.set_ylabel(axis.up)
    axes.grid(visible=True, linewidth=0.3)
    axes.legend(fontsize=8)
