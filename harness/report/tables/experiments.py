"""Tables of an experiment, one form for each kind of estimate."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TypeVar

import msgspec

from harness.analysis.cells import CellFigures
from harness.analysis.finding import Finding, Granularity, Growing, Latency, Payload, Scaling
from harness.analysis.summary import ExperimentSummary
from harness.model import BASELINE, Outcome
from harness.report.document import Link, Table, TableCell, Tone
from harness.report.tables import usage
from harness.report.tables.formatting import (
    NOTHING,
    bytes_,
    cell,
    duration,
    interval,
    per_second,
    ratio,
    seconds,
    subject,
    table,
)
from harness.stats import Estimate, places

TONES: dict[Outcome, Tone] = {
    Outcome.OK: "good",
    Outcome.SKIPPED: "warning",
    Outcome.UNSUPPORTED: "warning",
}

Found = TypeVar("Found", bound=Finding)

Files = Mapping[str, tuple[Link, ...]]

_USING = ("workload", "overhead", "throughput")  # estimates whose resource use is shown, too


class ExperimentPart(msgspec.Struct, frozen=True):
    """Input of one table: an experiment in one mode and, where rows are cells, at one point."""

    title: str
    rows: list[CellFigures]
    findings: list[Finding]
    points: dict[str, str]  #: by workload, the varied parameter and its value
    null_spread: float | None
    files: Files  #: by cell, links to the recorded trials

    def who(self, row: CellFigures) -> TableCell:
        """Return a cell with framework and version, linked to the recorded trials."""
        return cell(subject(row), links=self.files.get(row.cell, ()))

    def of(self, kind: type[Found]) -> list[Found]:
        """Return the findings of one kind."""
        return [each for each in self.findings if isinstance(each, kind)]


def tables_of(
    experiment: ExperimentSummary, null_spread: float | None, files: Files | None = None
) -> list[Table]:
    """Return one table for each mode, because modes are never compared with each other.

    Experiments whose figures belong to cells get one table for each point, whose first column
    links to ``files``.
    """
    renderer = _RENDERERS.get(experiment.estimates)
    made = []
    for mode in dict.fromkeys(row.mode for row in experiment.rows):
        rows = [row for row in experiment.rows if row.mode == mode]
        title = f"{experiment.name}, mode {mode}: {experiment.about}"
        found: list[Finding] = [each for each in experiment.findings if each.mode == mode]
        whole = ExperimentPart(title, rows, found, experiment.points, null_spread, files or {})
        if renderer is not None:
            made.append(renderer(whole))
            continue
        for key, point in experiment.points.items():
            own = [row for row in rows if row.workload == key]
            named = f"{title}; {point}" if point else title
            part = msgspec.structs.replace(whole, title=named, rows=own)
            made.append(_workload(part) if experiment.estimates == "workload" else _cells(part))
            if experiment.estimates in _USING:
                made.append(usage.consumption("resources used meanwhile", own))
    return made


def _workload(this: ExperimentPart) -> Table:
    headings = (
        *("framework", "P", "outcome", "build", "cold"),
        *("warm", "±", "/plain", "step+", "run+"),
    )
    cells: list[list[str | TableCell]] = [
        [
            this.who(row),
            str(row.workers),
            _outcome(row),
            seconds(row.build_s),
            seconds(row.cold_s),
            seconds(row.warm_s),
            interval(row.warm_s),
            ratio(row.ratio, this.null_spread),
            seconds(row.overhead_step_s),
            seconds(row.run_overhead_s),
        ]
        for row in this.rows
    ]
    return table(headings, cells, left=("framework", "outcome"), title=this.title)


def _cells(this: ExperimentPart) -> Table:
    """Return the table of overhead, throughput and efficiency experiments."""
    headings = ("framework", "P", "N", "outcome", "step+", "±", "-plain", "steps/s", "CPU/step")
    return table(
        headings,
        [
            [
                this.who(row),
                str(row.workers),
                str(row.steps),
                _outcome(row),
                seconds(row.overhead_step_s),
                interval(row.overhead_step_s),
                seconds(row.over_plain_s),
                per_second(row.throughput),
                seconds(row.usage.cpu_step_s if row.usage else None),
            ]
            for row in this.rows
        ],
        left=("framework", "outcome"),
        title=this.title,
    )


def _granularity(this: ExperimentPart) -> Table:
    every = this.of(Granularity)
    # A framework without a measured point, and the baseline, are not ranked.
    ranked = [each for each in every if each.framework != BASELINE and each.points]
    found = places([each.bounds_s for each in ranked])
    placed = {(each.framework, each.workers): at for each, at in zip(ranked, found, strict=True)}
    return table(
        ("framework", "P", "N", "METG(50%)", "±", "place", "smallest step", "largest", "remark"),
        [
            [
                subject(each),
                str(each.workers),
                str(each.steps),
                _metg(each),
                interval(each.metg_s),
                _place(placed.get((each.framework, each.workers))),
                duration(each.points[0][0]) if each.points else NOTHING,
                duration(each.points[-1][0]) if each.points else NOTHING,
                each.remark,
            ]
            for each in every
        ],
        left=("framework", "remark"),
        title=this.title,
    )


def _metg(found: Granularity) -> str:
    """Return METG; ``<`` or ``>`` and a bound where it lies beyond the end of the sweep."""
    low, high = found.bounds_s
    if found.metg_s is not None:
        return duration(found.metg_s.value)
    if math.isfinite(high):
        return f"<{duration(high)}"
    return f">{duration(low)}" if low else NOTHING


def _place(places: tuple[int, int] | None) -> str:
    """Return a place or a range of places; a dash for the baseline and the unmeasured."""
    if places is None:
        return NOTHING
    first, last = places
    return str(first) if first == last else f"{first}–{last}"


def _growing(this: ExperimentPart) -> Table:
    return table(
        ("framework", "P", "N to", "exponent", "95 %", "per run", "per step", "stopped by"),
        [
            [
                subject(each),
                str(each.workers),
                NOTHING if each.largest is None else f"{each.largest:,}",
                NOTHING if each.exponent is None else f"{each.exponent.value:.2f}",
                _bounds(each.exponent),
                seconds(each.fixed_s),
                seconds(each.step_s),
                each.stopped or each.refusal,
            ]
            for each in this.of(Growing)
        ],
        left=("framework", "stopped by"),
        title=this.title,
    )


def _payload(this: ExperimentPart) -> Table:
    return table(
        ("framework", "P", "largest", "took", "MB/s", "fails at", "reason"),
        [
            [
                subject(each),
                str(each.workers),
                bytes_(each.largest),
                duration(each.sizes[-1][1]) if each.sizes else NOTHING,
                _bandwidth(each.byte_s),
                bytes_(each.fails_at),
                each.how or each.refusal,
            ]
            for each in this.of(Payload)
        ],
        left=("framework", "reason"),
        title=this.title,
    )


def _latency(this: ExperimentPart) -> Table:
    return table(
        ("framework", "P", "p50", "±", "p95", "p99", "slope/step", "counted", "point"),
        [
            [
                subject(each),
                str(each.workers),
                seconds(each.p50_s),
                interval(each.p50_s),
                seconds(each.p95_s),
                seconds(each.p99_s),
                seconds(each.slope_s),
                f"{each.counted:.0%}",
                this.points.get(each.workload, ""),
            ]
            for each in this.of(Latency)
        ],
        left=("framework", "point"),
        title=this.title,
    )


def _scaling(this: ExperimentPart) -> Table:
    counts = sorted({workers for each in this.of(Scaling) for workers in each.efficiencies})
    return table(
        ("framework", *(f"P={count}" for count in counts), "remark"),
        [
            [
                subject(each),
                *(_share(each.efficiencies.get(count)) for count in counts),
                each.refusal,
            ]
            for each in this.of(Scaling)
        ],
        left=("framework", "remark"),
        title=f"{this.title} (1.00 is perfect)",
    )


def _outcome(row: CellFigures) -> TableCell:
    return cell(row.outcome.value, TONES.get(row.outcome, "bad"), row.reason)


def _bounds(estimate: Estimate | None) -> str:
    if estimate is None or estimate.low is None or estimate.high is None:
        return NOTHING
    return f"{estimate.low:.2f}–{estimate.high:.2f}"


def _share(estimate: Estimate | None) -> str:
    return NOTHING if estimate is None else f"{estimate.value:.2f}{interval(estimate, bare=True)}"


def _bandwidth(byte_s: Estimate | None) -> str:
    if byte_s is None or byte_s.value <= 0:
        return NOTHING
    return f"{1e-6 / byte_s.value:.1f}"


Renderer = Callable[[ExperimentPart], Table]

_RENDERERS: dict[str, Renderer] = {
    "metg": _granularity,
    "growth": _growing,
    "payload": _payload,
    "latency": _latency,
    "strong": _scaling,
    "weak": _scaling,
}
