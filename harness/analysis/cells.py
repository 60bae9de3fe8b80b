"""Figures of one cell: times, ratios, overheads and resources."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from harness.analysis.reference import Reference
from harness.analysis.run_data import Figure, RunData
from harness.model import Cell, Outcome, Repetition, Usage
from harness.stats import (
    Estimate,
    overhead_per_step,
    paired_difference,
    paired_ratio,
    worker_seconds_overhead,
)

Formula = Callable[[float], float]  # of a makespan in seconds
Part = Callable[[Usage], float | None]


class CellFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One cell's figures in seconds and bytes; None where there is no valid measurement."""

    cell: str
    framework: str
    version: str
    mode: str
    workers: int
    workload: str
    steps: int
    outcome: Outcome
    reason: str  #: why it is not ok, or the reservation with which it is
    role: str = ""  #: of the framework: orchestrator, dataflow, …
    approximate: bool = False  #: outputs equal plain Python's only within a tolerance
    build_s: Estimate | None = None
    cold_s: Estimate | None = None  #: makespan of a process's first execution
    warm_s: Estimate | None = None  #: makespan of the later ones
    returned_s: Estimate | None = None  #: until the framework returned, warm
    settled_s: Estimate | None = None  #: until the engine had also recorded the execution, warm
    ratio: Estimate | None = None  #: warm makespan to plain Python's with as many workers
    overhead_step_s: Estimate | None = None  #: chains: (T - sum of d) / N; else T * P / N - d
    over_plain_s: Estimate | None = None  #: the same, minus plain Python's
    run_overhead_s: Estimate | None = None  #: makespan - longest path
    granularity_s: Estimate | None = None  #: T * P / N
    efficiency: Estimate | None = None  #: N * d / (P * T)
    throughput: Estimate | None = None  #: N / T, steps per second
    usage: Consumption | None = None


class Consumption(msgspec.Struct, frozen=True, kw_only=True):
    """Resources of the whole process tree, from the execution's start until it had settled."""

    cpu_step_s: Estimate | None
    written_bytes: Estimate | None
    database_step_bytes: Estimate | None  #: growth of the framework's own database per step
    peak_pss_bytes: Estimate | None
    processes: int | None
    threads: int | None


def figures(data: RunData, cell: Cell) -> CellFigures:
    """Work out the figures of one cell; only its outcome, unless every repetition is ok."""
    outcome, reason = data.outcome(cell.id)
    spec = data.run.plan.workloads[cell.workload]
    bare = CellFigures(
        cell=cell.id,
        framework=cell.framework,
        version=data.version(cell.framework),
        role=data.role(cell.framework),
        approximate=data.approximate(cell.framework),
        mode=cell.mode,
        workers=cell.workers,
        workload=cell.workload,
        steps=spec.steps,
        outcome=outcome,
        reason=reason,
    )
    if outcome is not Outcome.OK:
        return bare
    measured = msgspec.structs.replace(
        bare,
        build_s=data.estimate(cell.id, _phases("build")),
        cold_s=data.estimate(cell.id, makespan_s, cold=True),
        warm_s=data.estimate(cell.id, makespan_s),
        returned_s=data.estimate(cell.id, _phases("execute")),
        settled_s=data.estimate(cell.id, _phases("execute", "settle")),
        usage=_consumption(data, cell, spec.steps),
    )
    known = data.reference(cell.workload)
    return measured if known is None else _referred(data, cell, measured, known)


def makespan_s(repetition: Repetition) -> float | None:
    """Return T in seconds: from the execution's start to the end of its last step."""
    return None if repetition.makespan_ns is None else repetition.makespan_ns / 1e9


def _referred(data: RunData, cell: Cell, known: CellFigures, reference: Reference) -> CellFigures:
    """Add the figures that need the steps' own times."""
    steps, workers = reference.steps, cell.workers
    step_s, path_s = reference.mean_step_ns / 1e9, reference.longest_path_ns / 1e9
    chained = reference.chained

    def overhead(repetition: Repetition) -> float | None:
        taken = repetition.makespan_ns
        if taken is None:
            return None
        if chained:
            return overhead_per_step(taken, reference.total_ns, steps) / 1e9
        return worker_seconds_overhead(taken, workers, steps, reference.mean_step_ns) / 1e9

    ratio = over_plain = None
    baseline = data.baseline(cell)
    if baseline is not None:
        mine, plain = data.rounds(cell.id, makespan_s), data.rounds(baseline.id, makespan_s)
        if set(mine) & set(plain):
            ratio = paired_ratio(mine, plain)
            over_plain = paired_difference(
                data.rounds(cell.id, overhead), data.rounds(baseline.id, overhead)
            )
    # A rate of steps is meaningful only where steps do no work.
    empty = data.run.plan.workloads[cell.workload].parameters.get("body") == "empty"
    rate = data.estimate(cell.id, _derived(lambda taken_s: steps / taken_s)) if empty else None
    return msgspec.structs.replace(
        known,
        ratio=ratio,
        over_plain_s=over_plain,
        overhead_step_s=data.estimate(cell.id, overhead, positive=False),
        run_overhead_s=data.estimate(
            cell.id, _derived(lambda taken_s: taken_s - path_s), positive=False
        ),
        granularity_s=data.estimate(cell.id, _derived(lambda t: t * workers / steps)),
        efficiency=data.estimate(cell.id, _derived(lambda t: steps * step_s / (workers * t))),
        throughput=rate,
    )


def _derived(formula: Formula) -> Figure:
    def figure(repetition: Repetition) -> float | None:
        taken_s = makespan_s(repetition)
        return None if taken_s is None else formula(taken_s)

    return figure


def _phases(*names: str) -> Figure:
    def figure(repetition: Repetition) -> float | None:
        found = [repetition.phases[name] for name in names if name in repetition.phases]
        return sum(found) / 1e9 if len(found) == len(names) else None

    return figure


def _consumption(data: RunData, cell: Cell, steps: int) -> Consumption | None:
    def used(of: Part, per: int = 1) -> Figure:
        def figure(repetition: Repetition) -> float | None:
            found = [repetition.usage.get(name) for name in ("execute", "settle")]
            values = [None if each is None else of(each) for each in found]
            known = [value for value in values if value is not None]
            return sum(known) / per if len(known) == len(values) else None

        return figure

    every = [rep.usage["execute"] for _, _, rep in data.repetitions(cell.id) if rep.usage]
    if not every:
        return None
    return Consumption(
        cpu_step_s=data.estimate(cell.id, used(lambda u: u.cpu_s, steps), positive=False),
        written_bytes=data.estimate(cell.id, used(lambda u: u.written_bytes), positive=False),
        database_step_bytes=data.estimate(
            cell.id, used(lambda u: u.database_bytes, steps), positive=False
        ),
        peak_pss_bytes=data.estimate(cell.id, _peak_pss),
        processes=max((u.processes for u in every if u.processes is not None), default=None),
        threads=max((u.threads for u in every if u.threads is not None), default=None),
    )


def _peak_pss(repetition: Repetition) -> float | None:
    used = repetition.usage.get("execute")
    return None if used is None else used.peak_pss_bytes
