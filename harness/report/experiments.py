"""A table for each kind of experiment."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.table import Table
from rich.text import Text

from harness.analysis.cells import CellFigures
from harness.analysis.findings import Granularity, Growing, Latency, Payload, Scaling
from harness.model import Outcome
from harness.report.tables import (
    NOTHING,
    bytes_,
    duration,
    interval,
    name,
    rate,
    ratio,
    table,
)
from harness.stats import Estimate

STYLES = {Outcome.OK: "green", Outcome.SKIPPED: "yellow", Outcome.UNSUPPORTED: "yellow"}


def _workload(
    title: str, rows: Sequence[CellFigures], found: Sequence[object], null: float | None
) -> Table:
    several = len({row.workload for row in rows}) > 1
    headings = ("framework", "P", "outcome", "build", "cold", "warm", "±", "/plain", "step+")
    cells: list[list[str | Text]] = [
        [
            name(row.framework, row.version),
            str(row.workers),
            _outcome(row),
            duration(_value(row.build_s)),
            duration(_value(row.cold_s)),
            duration(_value(row.warm_s)),
            interval(row.warm_s),
            ratio(row.ratio, null),
            duration(_value(row.overhead_step_s)),
            *([row.workload] if several else []),
        ]
        for row in rows
    ]
    names = (*headings, "workload") if several else headings
    return table(names, cells, left=("framework", "outcome", "workload"), title=title)


def cells(
    title: str, rows: Sequence[CellFigures], found: Sequence[object], null: float | None
) -> Table:
    """Overhead, throughput and efficiency: what every cell has."""
    headings = ("framework", "P", "N", "outcome", "step+", "±", "-plain", "steps/s", "CPU/step")
    return table(
        (*headings, "workload"),
        [
            [
                name(row.framework, row.version),
                str(row.workers),
                str(row.steps),
                _outcome(row),
                duration(_value(row.overhead_step_s)),
                interval(row.overhead_step_s),
                duration(_value(row.over_plain_s)),
                rate(_value(row.throughput)),
                duration(_value(row.usage.cpu_step_s if row.usage else None)),
                row.workload.partition("-")[2] or row.workload,
            ]
            for row in rows
        ],
        left=("framework", "outcome", "workload"),
        title=title,
    )


def _granularity(
    title: str, rows: Sequence[CellFigures], found: Sequence[Granularity], null: float | None
) -> Table:
    return table(
        ("framework", "P", "METG(50%)", "±", "smallest step", "largest", "why not"),
        [
            [
                name(each.framework, each.version),
                str(each.workers),
                duration(_value(each.metg_s)),
                interval(each.metg_s),
                duration(each.points[0][0]) if each.points else NOTHING,
                duration(each.points[-1][0]) if each.points else NOTHING,
                each.refusal,
            ]
            for each in found
        ],
        left=("framework", "why not"),
        title=title,
    )


def _growing(
    title: str, rows: Sequence[CellFigures], found: Sequence[Growing], null: float | None
) -> Table:
    return table(
        ("framework", "P", "N to", "exponent", "95 %", "per run", "per step", "stopped by"),
        [
            [
                name(each.framework, each.version),
                str(each.workers),
                NOTHING if each.largest is None else f"{each.largest:,}",
                NOTHING if each.exponent is None else f"{each.exponent.value:.2f}",
                _bounds(each.exponent),
                duration(_value(each.fixed_s)),
                duration(_value(each.step_s)),
                each.stopped or each.refusal,
            ]
            for each in found
        ],
        left=("framework", "stopped by"),
        title=title,
    )


def _payload(
    title: str, rows: Sequence[CellFigures], found: Sequence[Payload], null: float | None
) -> Table:
    return table(
        ("framework", "P", "up to", "took", "MB/s", "fails at", "how"),
        [
            [
                name(each.framework, each.version),
                str(each.workers),
                bytes_(each.largest),
                duration(each.sizes[-1][1]) if each.sizes else NOTHING,
                _bandwidth(each.byte_s),
                bytes_(each.fails_at),
                each.how or each.refusal,
            ]
            for each in found
        ],
        left=("framework", "how"),
        title=title,
    )


def _latency(
    title: str, rows: Sequence[CellFigures], found: Sequence[Latency], null: float | None
) -> Table:
    return table(
        ("framework", "P", "p50", "±", "p95", "p99", "slope/step", "counted", "workload"),
        [
            [
                name(each.framework, each.version),
                str(each.workers),
                duration(_value(each.p50_s)),
                interval(each.p50_s),
                duration(_value(each.p95_s)),
                duration(_value(each.p99_s)),
                duration(_value(each.slope_s)),
                f"{each.counted:.0%}",
                each.workload,
            ]
            for each in found
        ],
        left=("framework", "workload"),
        title=title,
    )


def _scaling(
    title: str, rows: Sequence[CellFigures], found: Sequence[Scaling], null: float | None
) -> Table:
    counts = sorted({workers for each in found for workers in each.efficiencies})
    return table(
        ("framework", *(f"P={count}" for count in counts), "why not"),
        [
            [
                name(each.framework, each.version),
                *(_share(each.efficiencies.get(count)) for count in counts),
                each.refusal,
            ]
            for each in found
        ],
        left=("framework", "why not"),
        title=f"{title} (1.00 is perfect)",
    )


def _outcome(row: CellFigures) -> Text:
    return Text(row.outcome.value, style=STYLES.get(row.outcome, "red"))


def _value(estimate: Estimate | None) -> float | None:
    return None if estimate is None else estimate.value


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


Renderer = Callable[..., Table]

RENDERERS: dict[str, Renderer] = {
    "workload": _workload,
    "metg": _granularity,
    "growth": _growing,
    "payload": _payload,
    "latency": _latency,
    "strong": _scaling,
    "weak": _scaling,
}
