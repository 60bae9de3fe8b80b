"""Figures of a cell, on runs with known times."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import msgspec
import pytest

from harness.analysis.cells import CellFigures, figures
from harness.analysis.run_data import RunData
from harness.model import Outcome, Run
from harness.stats import Estimate
from tests.unit.made_plan import entry
from tests.unit.made_run import MS, Costs, Making, made

CHAIN = {"chain": entry("workload", parameters={"steps": 4})}
#: Adds 1 ms per run and 3 ms to each of four steps, whose own time is 1 ms.
SLOW = Making({"fast": Costs(run_ns=MS, step_ns=3 * MS, cold_ns=9 * MS)})

PLAIN, PLAIN_2 = "plain-inprocess-p1-chain-steps4", "plain-inprocess-p2-chain-steps4"
FAST = "fast-inprocess-p2-chain-steps4"


def figures_of(folder: Path, run: Run, cell: str = FAST) -> CellFigures:
    return figures(RunData(folder, run), run.plan.cell(cell))


def value(estimate: Estimate | None) -> float:
    assert estimate is not None
    return estimate.value


def ms(milliseconds: float) -> object:
    return pytest.approx(milliseconds / 1e3, rel=1e-9)


@pytest.fixture
def slow(tmp_path: Path) -> CellFigures:
    return figures_of(tmp_path, made(tmp_path, CHAIN, SLOW))


def test_times_are_the_stamped_ones(slow: CellFigures) -> None:
    assert value(slow.build_s) == ms(2)
    assert value(slow.warm_s) == ms(1 + 4 * (3 + 1))
    assert value(slow.cold_s) == ms(9 + 1 + 4 * (3 + 1))
    assert value(slow.returned_s) == ms(17 + 5)
    assert value(slow.settled_s) == ms(17 + 5 + 7)


def test_overheads_are_time_beyond_the_steps_own(slow: CellFigures) -> None:
    assert value(slow.ratio) == pytest.approx(17 / 4)
    assert value(slow.overhead_step_s) == ms((17 - 4) / 4)
    assert value(slow.over_plain_s) == ms((17 - 4) / 4)
    assert value(slow.run_overhead_s) == ms(17 - 4)


def test_granularity_efficiency_and_throughput_count_all_workers(slow: CellFigures) -> None:
    assert value(slow.granularity_s) == ms(17 * 2 / 4)
    assert value(slow.efficiency) == pytest.approx(4 * 1 / (2 * 17))
    assert value(slow.throughput) == pytest.approx(4 / 0.017)


def test_usage_is_that_of_execution_and_settling(slow: CellFigures) -> None:
    assert slow.usage is not None
    assert value(slow.usage.cpu_step_s) == pytest.approx((0.3 + 0.1) / 4)
    assert value(slow.usage.written_bytes) == 1000 + 200
    assert value(slow.usage.database_step_bytes) == (400 + 100) / 4
    assert value(slow.usage.peak_pss_bytes) == pytest.approx(5_000_000)
    assert (slow.usage.processes, slow.usage.threads) == (4, 9)


def test_a_cell_names_its_subject_and_counts_its_trials(slow: CellFigures) -> None:
    assert (slow.framework, slow.version, slow.mode, slow.workers) == (
        "fast",
        "1.0",
        "inprocess",
        2,
    )
    assert (slow.workload, slow.steps, slow.outcome) == ("chain-steps4", 4, Outcome.OK)
    assert slow.warm_s is not None
    assert slow.cold_s is not None
    assert (slow.warm_s.trials, slow.warm_s.repetitions) == (2, 4)
    assert (slow.cold_s.trials, slow.cold_s.repetitions) == (2, 2)


@pytest.mark.parametrize("cell", [PLAIN, PLAIN_2])
def test_plain_python_has_ratio_one_to_itself(tmp_path: Path, cell: str) -> None:
    own = figures_of(tmp_path, made(tmp_path, CHAIN), cell)
    assert value(own.ratio) == 1
    assert value(own.over_plain_s) == 0
    assert value(own.overhead_step_s) == pytest.approx(0)


def test_overhead_counts_idle_workers_beyond_the_ideal_schedule(tmp_path: Path) -> None:
    costs = {"plain": Costs(), "fast": Costs(step_ns=5 * MS)}
    wide = {"wide": entry("workload", "fan-out", parameters={"width": 4})}
    run = made(tmp_path, wide, Making(costs))
    own = figures_of(tmp_path, run, "fast-inprocess-p2-fan-out-width4")
    # The root, then four steps on two workers: 1 + 2 ms at best; measured (5 + 1) * 3 ms.
    assert value(own.warm_s) == ms(18)
    assert value(own.overhead_step_s) == ms(18 * 2 / 5 - 1)
    assert value(own.run_overhead_s) == ms(18 - 2)


def test_a_slowdown_of_a_whole_round_cancels_out_of_the_ratio(tmp_path: Path) -> None:
    making = dataclasses.replace(SLOW, pace={1: 1, 2: 2})
    own = figures_of(tmp_path, made(tmp_path, CHAIN, making))
    assert value(own.warm_s) == ms((17 + 34) / 2)
    assert own.warm_s is not None
    assert own.warm_s.unstable
    assert own.ratio is not None
    assert (own.ratio.value, own.ratio.low, own.ratio.high) == pytest.approx((17 / 4,) * 3)
    # Plain Python's own step is the median of 1 and 2 ms; within its round, the overhead is 0.
    assert value(own.overhead_step_s) == ms(((17 - 6) / 4 + (34 - 6) / 4) / 2)
    assert value(own.over_plain_s) == ms((3.25 + 6.5) / 2)


@pytest.mark.parametrize("outcome", [each for each in Outcome if each is not Outcome.OK])
def test_a_cell_that_is_not_ok_has_a_reason_and_no_figures(
    tmp_path: Path, outcome: Outcome
) -> None:
    making = Making(fates={FAST: (outcome, "the reason")})
    own = figures_of(tmp_path, made(tmp_path, CHAIN, making))
    assert (own.outcome, own.reason) == (outcome, "the reason")
    shown = msgspec.structs.asdict(own)
    known = {"cell", "framework", "version", "mode", "workers", "workload", "steps"}
    assert {name for name, each in shown.items() if each} == known | {"outcome", "reason"}


def test_one_bad_repetition_removes_all_figures(tmp_path: Path) -> None:
    run = made(tmp_path, CHAIN)
    trial = next(each for each in run.trials if each.framework == "fast")
    last = msgspec.structs.replace(
        trial.repetitions[-1], outcome=Outcome.WRONG, evidence=["differs"]
    )
    spoilt = msgspec.structs.replace(trial, repetitions=[*trial.repetitions[:-1], last])
    trials = [spoilt if each is trial else each for each in run.trials]
    own = figures_of(tmp_path, msgspec.structs.replace(run, trials=trials))
    assert (own.outcome, own.reason, own.warm_s) == (Outcome.WRONG, "differs", None)


def test_a_continued_trial_belongs_to_the_same_round(tmp_path: Path) -> None:
    run = made(tmp_path, CHAIN, trials=1)
    whole = figures_of(tmp_path, run)
    trial = next(each for each in run.trials if each.framework == "fast")
    parts = [
        msgspec.structs.replace(trial, repetitions=trial.repetitions[:2]),
        msgspec.structs.replace(trial, id=f"{trial.id}+2", repetitions=trial.repetitions[2:]),
    ]
    others = [each for each in run.trials if each is not trial]
    own = figures_of(tmp_path, msgspec.structs.replace(run, trials=[*others, *parts]))
    assert own == whole


def test_a_cell_that_did_not_run_has_no_figures(tmp_path: Path) -> None:
    run = msgspec.structs.replace(made(tmp_path, CHAIN), trials=[])
    own = figures_of(tmp_path, run)
    assert (own.outcome, own.version, own.warm_s) == (Outcome.SKIPPED, "?", None)


def test_an_unrecorded_cell_has_only_times_of_phases(tmp_path: Path) -> None:
    recorder = entry("recorder", frameworks=["plain", "unrecorded"], workers=[1])
    run = made(tmp_path, CHAIN, controls={"recorder": recorder})
    own = figures_of(tmp_path, run, "unrecorded-inprocess-p1-chain")
    assert own.outcome is Outcome.OK
    assert own.warm_s is None
    assert own.overhead_step_s is None
    assert value(own.returned_s) == ms(10 + 5)


def test_usage_that_was_not_measured_is_none(tmp_path: Path) -> None:
    run = made(tmp_path, CHAIN)
    data = msgspec.json.decode(msgspec.json.encode(run))
    for trial in data["trials"]:
        for repetition in trial["repetitions"]:
            for used in repetition["usage"].values():
                used.update(cpu_s=None, processes=None, threads=None)
    own = figures_of(tmp_path, msgspec.convert(data, Run))
    assert own.usage is not None
    assert own.usage.cpu_step_s is None
    assert (own.usage.processes, own.usage.threads) == (None, None)
    assert value(own.usage.written_bytes) == 1200
