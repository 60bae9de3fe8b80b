"""A run's figures and troubles for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from harness.analysis.cells import CellFigures
from harness.analysis.findings import Granularity, Growing, Latency, Payload, Scaling
from harness.model import Outcome
from harness.report import ruled
from harness.report.tables import (
    NOTHING,
    bytes_,
    duration,
    interval,
    name,
    rate,
    ratio,
    show,
    table,
)
from harness.report.view import ExperimentView, Start, View
from harness.stats import Estimate

STYLES = {Outcome.OK: "green", Outcome.SKIPPED: "yellow", Outcome.UNSUPPORTED: "yellow"}
_LEGEND = (
    "P: steps at once; 1 where a mode is sequential by nature. Medians over trials;\n"
    "±: half of the 95 % interval, relative; ? one trial has none; ! unstable.\n"
    "/plain: over plain Python's with the same P; = is a tie, inside the A/A null\n"
    "or the interval. step+: overhead per step, (makespan - ideal schedule) / steps."
)


def print_run(view: View) -> None:
    """What has to be known first; a table for each experiment and mode; then what went wrong."""
    parts: list[RenderableType] = [Text(text, style="bold yellow") for text in view.warnings]
    for experiment in view.experiments:
        if not experiment.ruler:
            parts += _experiment(view, experiment)
    parts += [_starts(view.starts), "", *ruled.parts(view.ruler), Text(_LEGEND, style="dim")]
    show(*parts)
    # Not wrapped: a message is one line, and its paths can be copied.
    console = Console(highlight=False, soft_wrap=True)
    for trouble in view.troubles:
        console.print(Text(trouble.line(), style=STYLES.get(trouble.outcome, "red")))


def _experiment(view: View, experiment: ExperimentView) -> list[RenderableType]:
    """One table for each mode, because modes are never compared."""
    parts: list[RenderableType] = []
    for mode in dict.fromkeys(row.mode for row in experiment.rows):
        rows = [row for row in experiment.rows if row.mode == mode]
        found = [each for each in experiment.findings if each.mode == mode]
        title = f"{experiment.name}, mode {mode}: {experiment.about}"
        renderer = _RENDERERS.get(experiment.estimates, _cells)
        parts += [renderer(title, rows, found, view.ruler.null_spread), ""]
    return parts


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


def _cells(
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


def _starts(starts: Sequence[Start]) -> Table:
    return table(
        (
            "framework",
            "P",
            "import",
            "service",
            "stop",
            "idle PSS",
            "idle CPU",
            "peak PSS",
            "procs",
        ),
        [
            [
                name(each.framework, each.version),
                str(each.workers),
                duration(_value(each.import_s)),
                duration(_value(each.service_s)),
                duration(_value(each.stop_s)),
                bytes_(_value(each.idle_pss_bytes)),
                NOTHING if each.idle_cpu_share is None else f"{each.idle_cpu_share.value:.1%}",
                bytes_(_value(each.peak_pss_bytes)),
                NOTHING if each.processes is None else str(each.processes),
            ]
            for each in starts
        ],
        left=("framework",),
        title="what it takes to start and to keep",
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

_RENDERERS: dict[str, Renderer] = {
    "workload": _workload,
    "metg": _granularity,
    "growth": _growing,
    "payload": _payload,
    "latency": _latency,
    "strong": _scaling,
    "weak": _scaling,
}
