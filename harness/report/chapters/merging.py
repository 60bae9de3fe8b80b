"""Merging of several runs: where two have the same cell, the first counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from harness.analysis.cells import CellFigures
from harness.analysis.finding import Finding, Latency
from harness.analysis.summary import ExperimentSummary
from harness.report.document import Link
from harness.report.material import RunMaterial


def experiments(runs: Sequence[RunMaterial]) -> list[ExperimentSummary]:
    """Return the experiments of all runs, merged by name, without the controls."""
    merged: dict[tuple[str, str], ExperimentSummary] = {}
    for run in runs:
        for each in run.summary.experiments:
            if not each.control:
                key = (each.name, each.estimates)
                merged[key] = _joined(merged[key], each) if key in merged else each
    return list(merged.values())


def _joined(first: ExperimentSummary, second: ExperimentSummary) -> ExperimentSummary:
    rows = {_of_row(row): row for row in (*second.rows, *first.rows)}
    found = {_of_finding(each): each for each in (*second.findings, *first.findings)}
    order = dict.fromkeys(map(_of_row, (*first.rows, *second.rows)))
    keys = dict.fromkeys(map(_of_finding, (*first.findings, *second.findings)))
    return msgspec.structs.replace(
        first,
        points={**second.points, **first.points},
        rows=[rows[key] for key in order],
        findings=[found[key] for key in keys],
    )


def _of_row(row: CellFigures) -> tuple[str, ...]:
    return (row.framework, row.version, row.mode, str(row.workers), row.workload)


def _of_finding(each: Finding) -> tuple[str, ...]:
    workload = each.workload if isinstance(each, Latency) else ""
    return (each.framework, each.version, each.mode, str(each.workers), workload)


def files(runs: Sequence[RunMaterial]) -> dict[str, tuple[Link, ...]]:
    """Return links to the trial folders of each cell, by cell id."""
    return {cell: links for run in reversed(runs) for cell, links in run.files.items()}


def null_spread(runs: Iterable[RunMaterial]) -> float | None:
    """Return the spread inside which a ratio is a tie: the widest A/A null of the timed runs.

    Return None if a run that measured times has no A/A null.
    """
    known = [run.summary.controls.null_spread for run in runs if run.summary.timed]
    spreads = [each for each in known if each is not None]
    return max(spreads) if spreads and len(spreads) == len(known) else None
