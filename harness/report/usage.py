"""What frameworks use: processor, memory, disk, processes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.table import Table

from harness.analysis.cells import CellFigures
from harness.report.tables import NOTHING, bytes_, duration, name, table
from harness.report.view import Start
from harness.stats import Estimate

_HEADINGS = (
    *("framework", "P", "returned", "settled", "CPU/step", "DB/step"),
    *("wrote", "peak", "p", "thr"),
)


def consumption(title: str, rows: Sequence[CellFigures]) -> Table:
    """Until the framework returned and until it had settled; what a step used meanwhile."""
    return table(
        (
            "framework",
            "P",
            "returned",
            "settled",
            "CPU/step",
            "DB/step",
            "wrote",
            "peak",
            "p",
            "thr",
        ),
        [
            [
                name(row.framework, row.version),
                str(row.workers),
                duration(_value(row.returned_s)),
                duration(_value(row.settled_s)),
                duration(_value(row.usage.cpu_step_s)),
                bytes_(_value(row.usage.database_step_bytes)),
                bytes_(_value(row.usage.written_bytes)),
                bytes_(_value(row.usage.peak_pss_bytes)),
                _count(row.usage.processes),
                _count(row.usage.threads),
            ]
            for row in rows
            if row.usage is not None
        ],
        left=("framework",),
        title=title,
    )


def starts(every: Sequence[Start]) -> Table:
    """What it takes to start a framework, and to keep it idle."""
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
            for each in every
        ],
        left=("framework",),
        title=f"what it takes to start and to keep (CPU by {_all(each.source for each in every)}, "
        f"memory as {_all(each.memory for each in every).upper()})",
    )


def services(every: Sequence[Start]) -> Table:
    """Seconds until each service was ready."""
    return table(
        ("framework", "mode", "service", "ready"),
        [
            [name(each.framework, each.version), each.mode, service, duration(seconds.value)]
            for each in every
            for service, seconds in each.services_s.items()
        ],
        left=("framework", "mode", "service"),
        title="until a service was ready",
    )


def _all(words: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(words))


def _value(estimate: Estimate | None) -> float | None:
    return None if estimate is None else estimate.value


def _count(number: int | None) -> str:
    return NOTHING if number is None else str(number)
