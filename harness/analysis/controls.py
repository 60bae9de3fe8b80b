"""Controls of a run, its self-check: A/A null, recovered known costs, host noise."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping

import msgspec

from harness import stats
from harness.analysis.cells import CellFigures, makespan_s
from harness.analysis.finding import Finding, Granularity, Growing, Payload
from harness.analysis.run_data import RunData
from harness.model import BASELINE, Experiment, Spin
from harness.stats import Estimate

#: Relative variation from which a host counts as noisy.
NOISY = 0.25

#: Tolerance for a known cost to count as recovered: relative, or absolute in its own unit.
_TOLERANCE = {"step_s": 0.02, "run_s": 0.05, "byte_s": 0.05, "loss": 0.03, "metg_s": 0.05}
_ABSOLUTE = {"step_s": 50e-6, "run_s": 1e-3, "byte_s": 1e-9, "loss": 0.03, "metg_s": 100e-6}


class KnownCost(msgspec.Struct, frozen=True):
    """One injected cost (positive control), and the cost that the harness measured."""

    name: str
    injected: float
    found: Estimate | None
    recovered: bool


class Noise(msgspec.Struct, frozen=True):
    """Variation of the host's speed over the run, measured by a fixed piece of work."""

    spread: float  #: (95th - 5th percentile) / median of all
    drift: float  #: (highest - lowest) / median, of the medians before and after each trial
    stolen_s: float | None  #: CPU that the hypervisor gave to others in the meantime
    noisy: bool


class Controls(msgspec.Struct, frozen=True):
    """Results of a run's controls; None or empty where the run did not reach one."""

    null: Estimate | None  #: plain Python over itself
    null_spread: float | None  #: differences smaller than it, on the log scale, are ties
    known: list[KnownCost]
    noise: Noise | None
    recorder_step_s: Estimate | None  #: what recording adds to each step
    harness_share: float | None  #: CPU of harness and supervisor, of one core, while trials ran


def controls(
    data: RunData,
    rows: Mapping[str, list[CellFigures]],
    found: Mapping[str, list[Finding]],
) -> Controls:
    """Evaluate the control experiments of a run, found by their names."""
    kinds = {each.estimates: each for each in data.run.plan.experiments if each.control}
    itself, spread = null(data, kinds.get("null"))
    seen = [trial.resources for trial in data.run.trials if trial.resources is not None]
    lasted_s = sum(each.lasted_s for each in seen)
    return Controls(
        null=itself,
        null_spread=spread,
        known=_known(data, rows, found),
        noise=noise(data.run.spins),
        recorder_step_s=_recorder(data, kinds.get("recorder")),
        harness_share=sum(each.harness_cpu_s for each in seen) / lasted_s if lasted_s else None,
    )


def noise(spins: list[Spin]) -> Noise | None:
    """Return the variation of the fixed work's time; None before any was measured."""
    every = sorted(ns for spin in spins for ns in spin.wall_ns)
    if not every:
        return None
    middle = statistics.median(every)
    cuts = statistics.quantiles(every, n=20, method="inclusive")
    medians = [statistics.median(spin.wall_ns) for spin in spins]
    stolen = [spin.stolen_s for spin in spins if spin.stolen_s is not None]
    spread = (cuts[-1] - cuts[0]) / middle
    drift = (max(medians) - min(medians)) / middle
    return Noise(
        spread=spread,
        drift=drift,
        stolen_s=stolen[-1] - stolen[0] if stolen else None,
        noisy=max(spread, drift) >= NOISY,
    )


def null(data: RunData, experiment: Experiment | None) -> tuple[Estimate | None, float | None]:
    """Return plain Python over itself, and its rounds' largest distance from 1 on the log scale."""
    if experiment is None:
        return None, None
    cells = {data.run.plan.cell(cell).framework: cell for cell in experiment.cells}
    by_name = {name: data.rounds(cell, makespan_s) for name, cell in cells.items()}
    plain = by_name.pop(BASELINE, {})
    for other in by_name.values():
        shared = sorted(set(plain) & set(other))
        if shared:
            ratios = [stats.median(other[n]) / stats.median(plain[n]) for n in shared]
            return _judged(stats.paired_ratio(other, plain), stats.null_spread(ratios))
    return None, None


def _judged(itself: Estimate, furthest: float) -> tuple[Estimate, float]:
    """Add the spread: the furthest round, or the furthest bound where that is nearer."""
    if itself.low is None or itself.high is None:
        return itself, furthest
    return itself, min(furthest, max(abs(math.log(itself.low)), abs(math.log(itself.high))))


def _recorder(data: RunData, experiment: Experiment | None) -> Estimate | None:
    """Return the execution time with recording minus that without, per step."""
    if experiment is None:
        return None
    taken = {}
    for cell in map(data.run.plan.cell, experiment.cells):
        steps = data.run.plan.workloads[cell.workload].steps
        rounds = data.rounds(cell.id, lambda repetition: repetition.phases["execute"] / 1e9)
        taken[cell.recorded] = {n: [s / steps for s in values] for n, values in rounds.items()}
    if not set(taken.get(True, ())) & set(taken.get(False, ())):
        return None
    return stats.paired_difference(taken[True], taken[False])


def _known(
    data: RunData, rows: Mapping[str, list[CellFigures]], found: Mapping[str, list[Finding]]
) -> list[KnownCost]:
    """Return the fake's injected costs beside the measured ones."""
    injected = data.run.plan.injected
    if not injected:
        return []
    step_s, run_s = injected["FAKE_STEP_S"], injected["FAKE_RUN_S"]
    chain = next(iter(_of_fake(rows.get("known-step"))), None)
    parallel = next(iter(_of_fake(rows.get("known-parallel"))), None)
    pool = next((row for row in rows.get("known-parallel", ()) if row.framework == BASELINE), None)
    growing = next((f for f in found.get("known-run", ()) if isinstance(f, Growing)), None)
    payload = next(
        (f for f in found.get("known-byte", ()) if isinstance(f, Payload) and _fake(f)), None
    )
    swept = next((f for f in found.get("known-metg", ()) if isinstance(f, Granularity)), None)
    metg_steps = [row.steps for row in rows.get("known-metg", ())]
    known = [
        _compared("step_s", step_s, _step(chain, run_s)),
        _compared("run_s", run_s, growing.fixed_s if growing else None),
        _compared("byte_s", injected["FAKE_BYTE_S"], payload.byte_s if payload else None),
        _compared("loss", injected["FAKE_LOSS"], _loss(parallel, pool, step_s, run_s)),
    ]
    if metg_steps:
        # What a run costs is shared by its steps; METG(50 %) of a cost c is twice c.
        expected = 2 * (step_s + run_s / metg_steps[0])
        known.append(_compared("metg_s", expected, swept.metg_s if swept else None))
    return known


def _step(chain: CellFigures | None, run_s: float) -> Estimate | None:
    """Return the overhead per step without the share of the run's fixed cost."""
    if chain is None or chain.over_plain_s is None:
        return None
    return _shifted(chain.over_plain_s, -run_s / chain.steps)


def _loss(
    parallel: CellFigures | None, pool: CellFigures | None, step_s: float, run_s: float
) -> Estimate | None:
    """Return the share of the workers' time that is neither work nor another known cost.

    ``pool`` is plain Python with as many workers, whose own pool has a cost too.
    """
    mine, plain = (each.granularity_s if each else None for each in (parallel, pool))
    if parallel is None or pool is None or mine is None or plain is None:
        return None
    if parallel.efficiency is None:
        return None
    work_s = parallel.efficiency.value * mine.value
    costs_s = step_s + run_s * parallel.workers / parallel.steps + plain.value - work_s
    bounds = (mine.value, mine.low, mine.high)
    value, low, high = (None if g is None else 1 - work_s / (g - costs_s) for g in bounds)
    assert value is not None
    return msgspec.structs.replace(mine, value=value, low=low, high=high)


def _shifted(estimate: Estimate, by: float) -> Estimate:
    low = None if estimate.low is None else estimate.low + by
    high = None if estimate.high is None else estimate.high + by
    return msgspec.structs.replace(estimate, value=estimate.value + by, low=low, high=high)


def _compared(name: str, injected: float, found: Estimate | None) -> KnownCost:
    off = math.inf if found is None else abs(found.value - injected)
    near = off <= max(_TOLERANCE[name] * injected, _ABSOLUTE[name])
    return KnownCost(name, injected, found, near)


def _of_fake(rows: list[CellFigures] | None) -> list[CellFigures]:
    return [row for row in rows or () if row.framework == "fake"]


def _fake(finding: Finding) -> bool:
    return finding.framework == "fake"
