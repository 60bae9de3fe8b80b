"""Readings from a run: figures for the criteria's indicators, each with its trials."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

import msgspec

from harness.analysis.cells import CellFigures
from harness.analysis.finding import Granularity, Growing, Payload, Scaling
from harness.analysis.summary import ExperimentSummary, Summary
from harness.analysis.troubles import ended_at_budget
from harness.evidence.figure import MeasuredFigure, reading_of
from harness.evidence.portability import portability_figures
from harness.frameworks.label import Label
from harness.matrix.model import Reading
from harness.model import Outcome, Run
from harness.services import INSTALL
from harness.stats import Estimate, wilson

#: Commands before an adapter's own: create an environment, install the packages.
_FURTHER = 2


class _Of(Protocol):
    """Subject of a figure: a framework in a mode with a number of workers."""

    @property
    def framework(self) -> str: ...
    @property
    def mode(self) -> str: ...
    @property
    def workers(self) -> int: ...


Sized = TypeVar("Sized", bound=_Of)


def of_run(place: str, run: Run, summary: Summary) -> list[Reading]:
    """Return all readings of a run; their sources lie under ``place``.

    Figures without a valid result have no value, and controls have no readings.
    """
    null, asked = (
        summary.controls.null_spread or 0.0,
        [each for each in summary.experiments if not each.control],
    )
    found = [
        *(each for one in asked for each in _of_rows(summary, one)),
        *(each for one in asked for each in _of_findings(one)),
        *_starts(run, summary),
        *_valid(run, asked),
        *(
            each
            for one in asked
            if one.estimates == "portability"
            for each in portability_figures(summary, one)
        ),
        *_environments(run, asked),
    ]
    return list(_once(reading_of(place, run, each, null) for each in found))


def _of_rows(summary: Summary, experiment: ExperimentSummary) -> Iterator[MeasuredFigure]:
    """Yield figures of empty steps: the first point of chains, the widest of independent steps."""
    if experiment.estimates == "overhead":
        workloads = summary.plan.workloads
        chains = [row for row in experiment.rows if workloads[row.workload].name == "chain"]
        for row in _most_workers(r for r in chains if r.workload == chains[0].workload):
            used = row.usage.cpu_step_s if row.usage else None
            yield _of_row(row, "step-overhead", row.overhead_step_s)
            yield _of_row(row, "step-cpu", used)
    elif experiment.estimates == "throughput":
        widest = max(experiment.rows, key=lambda row: row.steps).workload
        for row in _most_workers(r for r in experiment.rows if r.workload == widest):
            yield _of_row(row, "throughput", row.throughput)


def _of_row(row: CellFigures, indicator: str, value: Estimate | None) -> MeasuredFigure:
    return MeasuredFigure(
        framework=row.framework,
        mode=row.mode,
        indicator=indicator,
        value=value,
        cells=(row.cell,),
        note="" if value else f"{row.outcome.value}: {row.reason}" if row.reason else "no answer",
    )


def _of_findings(experiment: ExperimentSummary) -> Iterator[MeasuredFigure]:
    for found in _most_workers(experiment.findings):
        value: Estimate | None
        ends: tuple[float | None, float | None] | None = None
        if isinstance(found, Granularity):
            indicator, value, ends = "granularity", found.metg_s, found.ends_s
        elif isinstance(found, Growing):
            indicator, value = "growth", found.exponent
        elif isinstance(found, Payload):
            indicator, value = "byte-cost", _in_ns(found.byte_s)
        elif isinstance(found, Scaling) and experiment.estimates == "weak":
            several = {n: share for n, share in found.efficiencies.items() if n > 1}
            indicator, value = "weak-scaling", several[max(several)] if several else None
        else:
            continue
        yield MeasuredFigure(
            framework=found.framework,
            mode=found.mode,
            indicator=indicator,
            value=value,
            exact=indicator == "growth",
            interval=ends,
            note="" if value else found.refusal or "no answer",
            cells=tuple(
                row.cell
                for row in experiment.rows
                if (row.framework, row.mode) == (found.framework, found.mode)
                and (row.workers == found.workers or isinstance(found, Scaling))
            ),
        )


def _starts(run: Run, summary: Summary) -> Iterator[MeasuredFigure]:
    """Yield the time until a framework is ready, its memory when idle, and its peak memory."""
    for start in _most_workers(summary.starts):
        if Label.parse(start.framework).python:
            continue
        own = (start.framework, start.mode, start.workers)
        cells = [c.id for c in run.plan.cells if (c.framework, c.mode, c.workers) == own]
        for indicator, value in (
            ("start", _sum(start.import_s, start.service_s)),
            ("idle-memory", start.idle_pss_bytes),
            ("peak-memory", start.peak_pss_bytes),
        ):
            yield MeasuredFigure(
                framework=start.framework,
                mode=start.mode,
                indicator=indicator,
                value=value,
                cells=tuple(cells),
                note="" if value else "not measured",
            )


def _valid(run: Run, asked: Iterable[ExperimentSummary]) -> Iterator[MeasuredFigure]:
    """Yield the share of executions that were ok, with Wilson's interval for the number of trials.

    Executions of one trial share a process and a service, so they are not independent (see
    ``stats.estimate``). An execution that was ended at its budget was slow, not wrong; it is not
    counted.
    """
    cells = {row.cell for e in asked if e.estimates != "portability" for row in e.rows}
    limited = {cell.id for cell in run.plan.cells if cell.budget_s is not None}
    tried: dict[tuple[str, str], list[tuple[str, bool]]] = {}
    for trial in run.trials:
        planned = trial.planned_id
        for each in trial.repetitions:
            refused = each.outcome in (Outcome.SKIPPED, Outcome.UNSUPPORTED)
            if each.cell in cells and not refused and not ended_at_budget(each, limited):
                found = tried.setdefault((trial.framework, trial.mode), [])
                found.append((planned, each.outcome is Outcome.OK))
    for (framework, mode), found in tried.items():
        good, trials = sum(right for _, right in found), len({planned for planned, _ in found})
        share = good / len(found)
        yield MeasuredFigure(
            framework=framework,
            mode=mode,
            indicator="valid",
            value=share,
            interval=wilson(share, trials),
            text=f"{good} of {len(found)}, {trials} trial{'s' * (trials != 1)}",
            cells=tuple(cells),
        )


def _environments(run: Run, asked: Iterable[ExperimentSummary]) -> Iterator[MeasuredFigure]:
    shown = {
        row.framework
        for each in asked
        for row in each.rows
        if not Label.parse(row.framework).python
    }
    for name, each in run.environments.items():
        if name in shown:
            for indicator, count in (("packages", each.packages), ("disk", each.megabytes)):
                yield MeasuredFigure(
                    framework=name, indicator=indicator, value=float(count), exact=True
                )
    trials = {(trial.framework, trial.mode): trial for trial in run.trials}
    for (name, mode), trial in trials.items():
        if name in shown:
            installed = sum(service in INSTALL for service in trial.services)
            count = float(_FURTHER + installed + len(trial.commands))
            yield MeasuredFigure(
                framework=name, mode=mode, indicator="commands", value=count, exact=True
            )


def _most_workers(rows: Iterable[Sized]) -> list[Sized]:
    """Return, for each framework and mode, the row with the most workers."""
    most: dict[tuple[str, str], Sized] = {}
    for row in rows:
        key = (row.framework, row.mode)
        if key not in most or row.workers > most[key].workers:
            most[key] = row
    return list(most.values())


def _sum(first: Estimate | None, second: Estimate | None) -> Estimate | None:
    if first is None or second is None:
        return None
    low, high = (
        None if one is None or other is None else one + other
        for one, other in ((first.low, second.low), (first.high, second.high))
    )
    return msgspec.structs.replace(first, value=first.value + second.value, low=low, high=high)


def _in_ns(found: Estimate | None) -> Estimate | None:
    if found is None:
        return None
    value, low, high = (
        None if seconds is None else seconds * 1e9
        for seconds in (found.value, found.low, found.high)
    )
    return msgspec.structs.replace(found, value=value, low=low, high=high)


def _once(readings: Iterable[Reading]) -> Iterator[Reading]:
    """Yield the first reading of each key; later experiments of the profile may repeat it."""
    seen = set()
    for each in readings:
        key = (each.framework, each.mode, each.indicator)
        if key not in seen:
            seen.add(key)
            yield each
