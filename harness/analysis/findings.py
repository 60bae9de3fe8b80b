"""Findings made from the cells of an experiment: one for each framework, mode and P."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypedDict

import msgspec

from harness import stats
from harness.analysis import fits
from harness.analysis.cells import CellFigures, makespan_s
from harness.analysis.finding import (
    METG_LEVEL,
    Finding,
    Granularity,
    Growing,
    Latency,
    Payload,
    Scaling,
)
from harness.analysis.run_data import RunData
from harness.model import Experiment, Outcome
from harness.stats import Estimate, Refusal

_NS = 1e9


def findings(data: RunData, experiment: Experiment, rows: Sequence[CellFigures]) -> list[Finding]:
    """Return the findings of an experiment; empty where its cells' figures are the answer."""
    make = _MAKERS.get(experiment.estimates)
    if make is None:
        return []
    by_workers = experiment.estimates in ("strong", "weak")
    groups: dict[tuple[str, str, int], list[CellFigures]] = {}
    for row in rows:
        name = (row.framework, row.mode, 0 if by_workers else row.workers)
        groups.setdefault(name, []).append(row)
    return [found for group in groups.values() for found in make(data, group)]


class _Head(TypedDict):
    framework: str
    version: str
    mode: str
    workers: int
    role: str
    approximate: bool


def _head(row: CellFigures) -> _Head:
    return _Head(
        framework=row.framework,
        version=row.version,
        mode=row.mode,
        workers=row.workers,
        role=row.role,
        approximate=row.approximate,
    )


def _granularity(data: RunData, group: list[CellFigures]) -> list[Finding]:
    """Return METG of the medians over trials, with the interval of the trials' own METGs."""
    points: list[stats.SweepPoint] = []
    rounds: dict[int, list[stats.SweepPoint]] = {}
    for row in group:
        reference = data.reference(row.workload)
        if row.granularity_s is None or reference is None:
            continue
        step_ns = reference.mean_step_ns
        points.append(stats.SweepPoint(step_ns, row.granularity_s.value * _NS))
        share = row.workers / row.steps
        for number, taken in data.rounds(row.cell, makespan_s).items():
            own = stats.SweepPoint(step_ns, stats.median(taken) * share * _NS)
            rounds.setdefault(number, []).append(own)
    found = stats.metg(points) if points else Refusal("no point was measured")
    value, refusal, without = None, "", 0
    if isinstance(found, Refusal):
        refusal = found.reason
    else:
        alone = [stats.metg(each) for each in rounds.values()]
        pairs = zip(alone, rounds.values(), strict=True)
        known = [_own_metg_ns(answer, taken) / _NS for answer, taken in pairs]
        value = _around(found.granularity_ns / _NS, known)
        without = sum(isinstance(each, Refusal) for each in alone)
    shown = [
        (p.step_ns / _NS, p.granularity_ns / _NS, p.efficiency)
        for p in sorted(points, key=_by_step)
    ]
    return [
        Granularity(
            **_head(group[0]),
            steps=group[0].steps,
            metg_s=value,
            points=shown,
            refusal=refusal,
            without=without,
        )
    ]


def _own_metg_ns(found: stats.Metg | Refusal, points: list[stats.SweepPoint]) -> float:
    """Return a round's own METG, or the end of its sweep beyond which it lies."""
    if isinstance(found, stats.Metg):
        return found.granularity_ns
    ordered = sorted(points, key=_by_step)
    beyond = ordered[-1] if any(each.efficiency < METG_LEVEL for each in points) else ordered[0]
    return beyond.granularity_ns


def _by_step(point: stats.SweepPoint) -> float:
    return point.step_ns


def _growing(data: RunData, group: list[CellFigures]) -> list[Finding]:
    good = [row for row in group if row.warm_s is not None]
    sizes = [(row.steps, row.warm_s.value) for row in good if row.warm_s]
    stopped = next((row.reason for row in group if row.outcome is not Outcome.OK), "")
    exponent, fixed, step, refusal = None, None, None, ""
    growth = stats.growth(*fits.columns(sizes))
    line = stats.fixed_and_marginal(*fits.columns(sizes))
    if isinstance(growth, Refusal) or isinstance(line, Refusal):
        refusal = growth.reason if isinstance(growth, Refusal) else str(line)
    else:
        cells = [(row.steps, row.cell) for row in good]
        powers = fits.by_round(data, cells, stats.growth)
        lines = fits.by_round(data, cells, stats.fixed_and_marginal)
        pooled = stats.Bounded(growth.exponent, growth.low, growth.high)
        exponent = fits.bounded(pooled, [each.exponent for each in powers.values()], good)
        fixed = fits.bounded(line.fixed, [each.fixed.value for each in lines.values()], good)
        step = fits.bounded(line.marginal, [each.marginal.value for each in lines.values()], good)
    return [
        Growing(
            **_head(group[0]),
            exponent=exponent,
            fixed_s=fixed,
            step_s=step,
            sizes=sizes,
            largest=max((size for size, _ in sizes), default=None),
            stopped=stopped,
            refusal=refusal,
        )
    ]


def _payload(data: RunData, group: list[CellFigures]) -> list[Finding]:
    """Return the slope of the time over the size, minus plain Python's, per edge of the graph.

    The interval is that of the rounds' slopes, each minus plain Python's of the same round.
    """
    plan = data.run.plan
    good: list[CellFigures] = []
    cells: list[tuple[int, str]] = []
    bases: list[tuple[int, str]] = []
    mine: list[tuple[int, float]] = []
    plain: list[tuple[int, float]] = []
    fails_at, how = None, ""
    for row in group:
        size = int(plan.workloads[row.workload].parameters["size"])
        reference = plan.reference(row.workload).id
        baseline = data.estimate(reference, makespan_s)
        if row.warm_s is not None and baseline is not None:
            good.append(row)
            cells.append((size, row.cell))
            bases.append((size, reference))
            mine.append((size, row.warm_s.value))
            plain.append((size, baseline.value))
        elif not how and row.outcome is not Outcome.OK:
            # A skipped or unsupported cell does not fail because of its size.
            skipped = row.outcome in (Outcome.SKIPPED, Outcome.UNSUPPORTED)
            fails_at, how = None if skipped else size, row.reason
    line, base = stats.per_byte(*fits.columns(mine)), stats.per_byte(*fits.columns(plain))
    byte, refusal = None, ""
    if isinstance(line, Refusal) or isinstance(base, Refusal):
        refusal = line.reason if isinstance(line, Refusal) else str(base)
    else:
        less, edges = base.marginal.value, _edges(data, good[0].workload)
        bounds = (line.marginal.value, line.marginal.low, line.marginal.high)
        own, plains = (fits.by_round(data, each, stats.per_byte) for each in (cells, bases))
        slopes = [
            own[number].marginal.value - plains[number].marginal.value
            for number in own
            if number in plains
        ]
        pooled = stats.Bounded(*[(each - less) / edges for each in bounds])
        byte = fits.bounded(pooled, [each / edges for each in slopes], good)
    return [
        Payload(
            **_head(group[0]),
            byte_s=byte,
            sizes=mine,
            largest=max((size for size, _ in mine), default=None),
            fails_at=fails_at,
            how=how,
            refusal=refusal,
        )
    ]


def _edges(data: RunData, workload: str) -> int:
    reference = data.reference(workload)
    assert reference is not None  # without one nothing of it is ok
    return max(sum(map(len, reference.upstreams.values())), 1)


def _latency(data: RunData, group: list[CellFigures]) -> list[Finding]:
    return [_latency_of(data, row) for row in group if row.outcome is Outcome.OK]


def _latency_of(data: RunData, row: CellFigures) -> Finding:
    reference = data.reference(row.workload)
    assert reference is not None  # without one the outcome is not ok
    warm: dict[int, list[stats.Latencies]] = {}
    cold: dict[int, list[stats.Latencies]] = {}
    for number, trial, repetition in data.repetitions(row.cell):
        events = data.events(trial, repetition.run_id)
        found = stats.latencies(
            reference.upstreams,
            {event.step: event.start_ns for event in events},
            {event.step: event.end_ns for event in events if event.end_ns is not None},
            data.submitted_ns(trial, repetition.run_id),
            row.workers,
        )
        (cold if repetition.cold else warm).setdefault(number, []).append(found)
    every = [each for rounds in warm.values() for each in rounds]
    return Latency(
        **_head(row),
        workload=row.workload,
        p50_s=_of_latencies(warm, lambda each: each.p50_ns),
        p95_s=_of_latencies(warm, lambda each: each.p95_ns),
        p99_s=_of_latencies(warm, lambda each: each.p99_ns),
        cold_p50_s=_of_latencies(cold, lambda each: each.p50_ns),
        slope_s=_of_latencies(warm, lambda each: each.slope_ns_per_step),
        counted=sum(each.counted for each in every) / max(sum(each.steps for each in every), 1),
    )


def _scaling(weak: bool) -> Maker:
    def make(data: RunData, group: list[CellFigures]) -> list[Finding]:
        rounds: dict[int, dict[int, float]] = {}
        good = [row for row in group if row.outcome is Outcome.OK]
        for row in good:
            for number, taken in data.rounds(row.cell, makespan_s).items():
                rounds.setdefault(number, {})[row.workers] = stats.median(taken)
        formula = stats.weak_scaling if weak else stats.strong_scaling
        # All are compared with the fewest workers that were asked for, never with another number.
        first = min(row.workers for row in group)
        found: dict[int, list[list[float]]] = {}
        for times in rounds.values():
            if first in times:
                for workers, share in formula(times).items():
                    found.setdefault(workers, []).append([share])
        known = {workers: stats.estimate(shares) for workers, shares in sorted(found.items())}
        refusal = ""
        if first not in known:
            refusal = f"no figure with P={first}, which the others are compared with"
        elif len(known) < 2:
            refusal = "fewer than two numbers of workers were measured"
        return [Scaling(**_head(group[0]), efficiencies=known, refusal=refusal)]

    return make


def _of_latencies(
    rounds: dict[int, list[stats.Latencies]], part: Callable[[stats.Latencies], float | None]
) -> Estimate | None:
    values = [
        [v / _NS for each in found if (v := part(each)) is not None] for found in rounds.values()
    ]
    filled = [each for each in values if each]
    return stats.estimate(filled, positive=False) if filled else None


def _around(value: float, by_trial: list[float]) -> Estimate:
    """Return an estimate with a value from all trials and the spread of the trials' own values."""
    spread = (
        stats.estimate([[each] for each in by_trial]) if by_trial else stats.estimate([[value]])
    )
    low = None if spread.low is None else min(spread.low, value)
    high = None if spread.high is None else max(spread.high, value)
    return msgspec.structs.replace(spread, value=value, low=low, high=high)


Maker = Callable[[RunData, list[CellFigures]], list[Finding]]

_MAKERS: dict[str, Maker] = {
    "metg": _granularity,
    "growth": _growing,
    "payload": _payload,
    "latency": _latency,
    "strong": _scaling(weak=False),
    "weak": _scaling(weak=True),
}
