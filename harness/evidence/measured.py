"""What a run measured, as readings of the criteria's indicators, each with its trials."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

import msgspec

from harness.analysis.cells import CellFigures
from harness.analysis.finding import Granularity, Growing, Payload, Scaling
from harness.analysis.summary import ExperimentSummary, Summary
from harness.analysis.troubles import ended_at_budget
from harness.frameworks.label import Label
from harness.matrix.model import Reading
from harness.model import BASELINE, Outcome, Run
from harness.services import INSTALL
from harness.stats import Estimate, wilson

#: A figure that was measured in one trial only may as well be half or twice as much.
ONCE = 2.0

_FURTHER = 2  # commands that come before an adapter's own: an environment, an installation


class _Of(Protocol):
    """What a figure is of."""

    @property
    def framework(self) -> str: ...
    @property
    def mode(self) -> str: ...
    @property
    def workers(self) -> int: ...


Sized = TypeVar("Sized", bound=_Of)


class _Found(msgspec.Struct, frozen=True, kw_only=True):
    """One figure, before it is a reading."""

    framework: str
    indicator: str
    value: float | Estimate | None
    mode: str = ""
    cells: tuple[str, ...] = ()  #: whose trials it is from
    exact: bool = False  #: no time: the host's noise says nothing about it
    interval: tuple[float | None, float | None] | None = None
    text: str = ""
    note: str = ""


def of_run(place: str, run: Run, view: Summary) -> list[Reading]:
    """All readings of a run, which lies at ``place``. What is not valid has none, nor has what
    only proves the ruler.
    """
    null, asked = (
        view.controls.null_spread or 0.0,
        [each for each in view.experiments if not each.control],
    )
    found = [
        *(each for one in asked for each in _of_rows(view, one)),
        *(each for one in asked for each in _of_findings(one)),
        *_starts(run, view),
        *_valid(run, asked),
        *(each for one in asked if one.estimates == "portability" for each in _portable(view, one)),
        *_environments(run, asked),
    ]
    return list(_once(_reading(place, run, each, null) for each in found))


def _of_rows(view: Summary, experiment: ExperimentSummary) -> Iterator[_Found]:
    """Of empty steps: the first point of chains, the widest of independent ones."""
    if experiment.estimates == "overhead":
        workloads = view.plan.workloads
        chains = [row for row in experiment.rows if workloads[row.workload].name == "chain"]
        for row in _most_workers(r for r in chains if r.workload == chains[0].workload):
            used = row.usage.cpu_step_s if row.usage else None
            yield _of_row(row, "step-overhead", row.overhead_step_s)
            yield _of_row(row, "step-cpu", used)
    elif experiment.estimates == "throughput":
        widest = max(experiment.rows, key=lambda row: row.steps).workload
        for row in _most_workers(r for r in experiment.rows if r.workload == widest):
            yield _of_row(row, "throughput", row.throughput)


def _of_row(row: CellFigures, indicator: str, value: Estimate | None) -> _Found:
    return _Found(
        framework=row.framework,
        mode=row.mode,
        indicator=indicator,
        value=value,
        cells=(row.cell,),
        note="" if value else f"{row.outcome.value}: {row.reason}" if row.reason else "no answer",
    )


def _of_findings(experiment: ExperimentSummary) -> Iterator[_Found]:
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
        yield _Found(
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


def _starts(run: Run, view: Summary) -> Iterator[_Found]:
    """What it takes until it is ready, and the memory then and at most."""
    for start in _most_workers(view.starts):
        if Label.parse(start.framework).python:
            continue
        own = (start.framework, start.mode, start.workers)
        cells = [c.id for c in run.plan.cells if (c.framework, c.mode, c.workers) == own]
        for indicator, value in (
            ("start", _sum(start.import_s, start.service_s)),
            ("idle-memory", start.idle_pss_bytes),
            ("peak-memory", start.peak_pss_bytes),
        ):
            yield _Found(
                framework=start.framework,
                mode=start.mode,
                indicator=indicator,
                value=value,
                cells=tuple(cells),
                note="" if value else "not measured",
            )


def _valid(run: Run, asked: Iterable[ExperimentSummary]) -> Iterator[_Found]:
    """The share of executions that were right, with Wilson's interval for as many as were trials:
    those of one trial share a process and a service, so that where one is wrong, all may be
    (``stats.estimate``). One that was ended at its budget says how long it takes, not how sure.
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
        yield _Found(
            framework=framework,
            mode=mode,
            indicator="valid",
            value=share,
            interval=wilson(share, trials),
            text=f"{good} of {len(found)}, {trials} trial{'s' * (trials != 1)}",
            cells=tuple(cells),
        )


def _portable(view: Summary, experiment: ExperimentSummary) -> Iterator[_Found]:
    """Where it ran. What could not be tried here may be anything: an interpreter that our own pins
    refuse to plain Python, too, and a mode that wants a service which nobody gave.
    """
    rows: dict[str, list[CellFigures]] = {}
    for row in experiment.rows:
        rows.setdefault(Label.parse(row.framework).without_python, []).append(row)
    pinned = {_python(view, row) for row in rows.get(BASELINE, ()) if _refused(row)}
    pinned -= {_python(view, row) for row in rows.get(BASELINE, ()) if row.outcome is Outcome.OK}
    for framework, own in rows.items():
        good = [row for row in own if row.outcome is Outcome.OK]
        pythons = {_python(view, row) for row in good}
        # Where others of its modes ran on the same interpreter, it was the service that lacked.
        lacking = {_kind(row) for row in own if _refused(row) and _python(view, row) in pythons}
        modes = {_kind(row) for row in good}
        for indicator, ran, untried in (
            ("interpreters-ran", pythons, pinned - pythons),
            ("modes-ran", modes, lacking - modes),
        ):
            least, most = len(ran), len(ran) + len(untried)
            told = ", ".join(sorted(ran)) or "none"
            yield _Found(
                framework=framework,
                indicator=indicator,
                value=(least + most) / 2,
                interval=(least, most),
                exact=True,
                text=f"{told}; not tried: {', '.join(sorted(untried))}" if untried else told,
                cells=tuple(row.cell for row in good),
            )


def _python(view: Summary, row: CellFigures) -> str:
    """The interpreter that a row is of."""
    return Label.parse(row.framework).python or view.pythons.get(row.framework, "?")


def _kind(row: CellFigures) -> str:
    """Its mode, on whatever database."""
    return row.mode.partition("-")[0]


def _refused(row: CellFigures) -> bool:
    return row.outcome is Outcome.UNSUPPORTED


def _environments(run: Run, asked: Iterable[ExperimentSummary]) -> Iterator[_Found]:
    shown = {
        row.framework
        for each in asked
        for row in each.rows
        if not Label.parse(row.framework).python
    }
    for name, each in run.environments.items():
        if name in shown:
            for indicator, count in (("packages", each.packages), ("disk", each.megabytes)):
                yield _Found(framework=name, indicator=indicator, value=float(count), exact=True)
    trials = {(trial.framework, trial.mode): trial for trial in run.trials}
    for (name, mode), trial in trials.items():
        if name in shown:
            installed = sum(service in INSTALL for service in trial.services)
            count = float(_FURTHER + installed + len(trial.commands))
            yield _Found(framework=name, mode=mode, indicator="commands", value=count, exact=True)


def _reading(place: str, run: Run, found: _Found, null_spread: float) -> Reading:
    low, high = found.interval or (None, None)
    value, note = found.value, found.note
    if isinstance(value, Estimate):
        low, high = interval(value, 0.0 if found.exact else null_spread)
        note = note if value.low is not None else "measured once"
        value = value.value
    cells = set(found.cells)
    trials = (
        f"{place}/trials/{trial.id}"
        for trial in run.trials
        if Label.parse(trial.framework).without_python == found.framework
        and (trial.mode == found.mode or not found.mode)
        and any(each.cell in cells for each in trial.repetitions)
    )
    return Reading(
        framework=found.framework,
        indicator=found.indicator,
        value=value,
        low=low,
        high=high,
        mode=found.mode,
        text=found.text,
        sources=tuple(trials) or (f"{place}/run.json",),
        as_of=run.created[:10],
        note=note,
    )


def interval(found: Estimate, null_spread: float) -> tuple[float, float]:
    """Within what a figure may be: its own interval, and what plain Python differed from itself,
    which is on the log scale. A figure of one trial has no interval: see :data:`ONCE`.
    """
    once = found.low is None or found.high is None
    factor = max(math.exp(null_spread), ONCE if once else 1.0)
    bounds = [found.value, *(end for end in (found.low, found.high) if end is not None)]
    ends = [*bounds, found.value * factor, found.value / factor]
    return min(ends), max(ends)


def _most_workers(rows: Iterable[Sized]) -> list[Sized]:
    """For each framework and mode, what was measured with the most workers."""
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
    """The first of each: an experiment that comes later in the profile repeats it."""
    seen = set()
    for each in readings:
        key = (each.framework, each.mode, each.indicator)
        if key not in seen:
            seen.add(key)
            yield each
