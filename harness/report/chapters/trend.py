"""Chapter on versions: the same framework in several versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from packaging.version import InvalidVersion, Version

from harness.analysis.cells import CellFigures
from harness.analysis.summary import ExperimentSummary
from harness.frameworks.label import Label, adapter_of
from harness.report.chapters import merging
from harness.report.charts import curves
from harness.report.charts.curves import Sequential, subject
from harness.report.document import AnyPart, Axis, Interval, Intervals, Link, Section
from harness.report.material import Material
from harness.report.tables.formatting import cell, duration, interval, seconds, table
from harness.stats import Estimate

_Group = list[tuple[CellFigures, Estimate]]
_WHAT = {"workload": "warm makespan", "overhead": "overhead per step"}


def trend(material: Material) -> Section:
    """Return a chart and a table for each experiment with several versions of a framework."""
    alone, raw = curves.alone(material.modes), merging.files(material.runs)
    parts: list[AnyPart] = []
    for experiment in merging.experiments(material.runs):
        if experiment.estimates in _WHAT and (groups := _groups(experiment, alone)):
            parts += _shown(experiment, groups, raw)
    return Section(
        "trend",
        "Versions compared",
        "The same measurements of one framework in several of its versions.",
        tuple(parts),
    )


def _groups(experiment: ExperimentSummary, alone: Sequential) -> dict[str, _Group]:
    """Return the rows that differ only in the version, sorted by it, under their common name."""
    groups: dict[str, _Group] = {}
    for row in experiment.rows:
        estimate = row.warm_s if experiment.estimates == "workload" else row.overhead_step_s
        if estimate is not None and not Label.parse(row.framework).python:
            adapter = adapter_of(row.framework)
            who = subject(adapter, row.mode, row.workers, (adapter, row.mode) in alone)
            of = ", ".join(filter(None, (who, experiment.points.get(row.workload, ""))))
            groups.setdefault(of, []).append((row, estimate))
    return {
        of: sorted(group, key=lambda each: _version(each[0].version))
        for of, group in groups.items()
        if len({row.version for row, _ in group}) > 1
    }


def _shown(
    experiment: ExperimentSummary, groups: Mapping[str, _Group], raw: Mapping[str, tuple[Link, ...]]
) -> Iterator[AnyPart]:
    what = _WHAT[experiment.estimates]
    title = f"{experiment.name}: {what} by version"
    every = [(of, row, estimate) for of, group in groups.items() for row, estimate in group]
    yield Intervals(
        title=title,
        alt="; ".join(f"{of}, {row.version}: {duration(each.value)}" for of, row, each in every),
        axis=Axis(what, "s"),
        intervals=tuple(
            Interval(
                label=row.version,
                framework=adapter_of(row.framework),
                mode=row.mode,
                value=estimate.value,
                low=estimate.low,
                high=estimate.high,
                group=of,
                links=raw.get(row.cell, ()),
            )
            for of, row, estimate in every
        ),
    )
    yield table(
        ("series", "version", what, "±"),
        [
            [
                of,
                cell(row.version, links=raw.get(row.cell, ())),
                seconds(estimate),
                interval(estimate),
            ]
            for of, row, estimate in every
        ],
        left=("series", "version"),
        title=title,
    )


def _version(text: str) -> tuple[bool, Version, str]:
    """Return a sort key: valid versions in order, then all other texts."""
    try:
        return False, Version(text), ""
    except InvalidVersion:
        return True, Version("0"), text
