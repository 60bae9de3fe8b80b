"""Tables of resource use: processor, memory, disk, processes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from harness.analysis.cells import CellFigures
from harness.analysis.startup import StartupCost
from harness.report.document import Table
from harness.report.tables.formatting import NOTHING, duration, seconds, size, subject, table

_HEADINGS = (
    *("framework", "P", "returned", "settled", "CPU/step", "DB/step"),
    *("wrote", "peak", "p", "thr"),
)


def consumption(title: str, rows: Sequence[CellFigures]) -> Table:
    """Return the table of times to return and to settle, and of resources used meanwhile."""
    return table(
        _HEADINGS,
        [
            [
                subject(row),
                str(row.workers),
                seconds(row.returned_s),
                seconds(row.settled_s),
                seconds(row.usage.cpu_step_s),
                size(row.usage.database_step_bytes),
                size(row.usage.written_bytes),
                size(row.usage.peak_pss_bytes),
                _count(row.usage.processes),
                _count(row.usage.threads),
            ]
            for row in rows
            if row.usage is not None
        ],
        left=("framework",),
        title=title,
        behind=True,
    )


def starts(every: Sequence[StartupCost]) -> Table:
    """Return the table of the costs of starting a framework and keeping it idle."""
    return table(
        (
            "framework",
            "mode",
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
                subject(each),
                each.mode,
                str(each.workers),
                seconds(each.import_s),
                seconds(each.service_s),
                seconds(each.stop_s),
                size(each.idle_pss_bytes),
                NOTHING if each.idle_cpu_share is None else f"{each.idle_cpu_share.value:.1%}",
                size(each.peak_pss_bytes),
                NOTHING if each.processes is None else str(each.processes),
            ]
            for each in every
        ],
        left=("framework", "mode"),
        title=f"start-up and idle costs (CPU by {_all(each.source for each in every)}, "
        f"memory as {_all(each.memory for each in every).upper()})",
    )


def services(every: Sequence[StartupCost]) -> Table:
    """Return the table of seconds until each service was ready or its command had ended."""
    return table(
        ("framework", "mode", "P", "service name", "took"),
        [
            [
                subject(each),
                each.mode,
                str(each.workers),
                service,
                duration(seconds.value),
            ]
            for each in every
            for service, seconds in each.services_s.items()
        ],
        left=("framework", "mode", "service name"),
        title="start-up time of each service",
    )


def _all(words: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(words))


def _count(number: int | None) -> str:
    return NOTHING if number is None else str(number)
