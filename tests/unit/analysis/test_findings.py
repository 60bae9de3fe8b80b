"""Findings of experiments, on runs with known times."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.model import Cost, Outcome
from tests.unit.analysis.made_findings import BYTES, LADDER, PAYLOAD, SIZES, found, value
from tests.unit.made_plan import entry
from tests.unit.made_run import MS, Costs

# --- METG ---------------------------------------------------------------------------------------

SWEEP = entry("metg", parameters={"steps": 5, "body": "spin"}, workers=[1])
NEAR = {"fast-inprocess-p1": Cost(1e-3, 0.0)}


def test_metg_is_twice_the_cost_per_step(tmp_path: Path) -> None:
    costs = {"fast": Costs(step_ns=MS, run_ns=MS)}
    answer = found(tmp_path, SWEEP, costs, sweep_costs=NEAR)["fast-p1"]
    assert value(answer.metg_s) == pytest.approx(2 * (1e-3 + 1e-3 / 5))
    assert answer.refusal == ""
    assert [point[0] for point in answer.points] == pytest.approx(
        [d * 1e-6 for d in (256, 512, 1024, 2048, 4096)]
    )
    for step_s, granularity_s, efficiency in answer.points:
        assert granularity_s == pytest.approx(step_s + 1.2e-3)
        assert efficiency == pytest.approx(step_s / (step_s + 1.2e-3))


def test_the_interval_of_metg_is_over_the_trials_own_sweeps(tmp_path: Path) -> None:
    costs = {"fast": Costs(step_ns=MS)}
    answer = found(tmp_path, SWEEP, costs, sweep_costs=NEAR, trials=6)["fast-p1"]
    assert answer.metg_s.trials == 6
    assert (answer.metg_s.low, answer.metg_s.high) == pytest.approx((2e-3, 2e-3))


@pytest.mark.parametrize(
    ("step_ns", "said"), [(100 * MS, "larger steps are needed"), (10, "smaller steps are needed")]
)
def test_metg_is_not_extrapolated_beyond_the_sweep(tmp_path: Path, step_ns: int, said: str) -> None:
    costs = {"fast": Costs(step_ns=step_ns)}
    answer = found(tmp_path, SWEEP, costs, sweep_costs=NEAR)["fast-p1"]
    assert answer.metg_s is None
    assert said in answer.refusal


def test_a_round_beyond_its_sweep_counts_as_the_end_of_the_sweep(tmp_path: Path) -> None:
    costs = {"fast": Costs(step_ns=MS)}
    # The second round's pace scales the cost, and not the steps' own time, which is plain Python's.
    answer = found(tmp_path, SWEEP, costs, pace={2: 9}, sweep_costs=NEAR, trials=3)["fast-p1"]
    assert answer.without == 1
    assert answer.metg_s.high >= answer.points[-1][1]
    assert "1 of 3 rounds lie beyond their sweep" in answer.remark
    assert answer.metg_s.low < answer.metg_s.value < answer.metg_s.high


def test_a_sweep_without_an_ok_cell_has_no_answer(tmp_path: Path) -> None:
    points = [
        f"chain-steps5-bodyspin-seconds0.00{d}" for d in ("0256", "0512", "1024", "2048", "4096")
    ]
    fates = {f"fast-inprocess-p1-{key}": (Outcome.FAILED, "no") for key in points}
    answer = found(tmp_path, SWEEP, {}, fates, sweep_costs=NEAR)["fast-p1"]
    assert (answer.metg_s, answer.points, answer.refusal) == (None, [], "no point was measured")


# --- growth -------------------------------------------------------------------------------------


def test_a_cost_per_step_grows_in_proportion(tmp_path: Path) -> None:
    answer = found(tmp_path, LADDER, {"fast": Costs(step_ns=2 * MS)})["fast-p1"]
    assert value(answer.exponent) == pytest.approx(1)
    assert value(answer.fixed_s) == pytest.approx(0, abs=1e-12)
    assert value(answer.step_s) == pytest.approx(3e-3)
    assert answer.sizes == [(n, pytest.approx(n * 3e-3)) for n in (2, 4, 8, 16)]
    assert (answer.largest, answer.stopped, answer.refusal) == (16, "", "")


def test_a_cost_of_the_run_is_separated_from_that_of_a_step(tmp_path: Path) -> None:
    answer = found(tmp_path, LADDER, {"fast": Costs(step_ns=2 * MS, run_ns=50 * MS)})["fast-p1"]
    assert value(answer.fixed_s) == pytest.approx(50e-3)
    assert value(answer.step_s) == pytest.approx(3e-3)
    assert 0 < value(answer.exponent) < 0.5


def test_a_ladder_names_the_size_and_reason_of_its_end(tmp_path: Path) -> None:
    fates = {"fast-inprocess-p1-chain-steps16": (Outcome.SKIPPED, "it would take too long")}
    ladder = entry("growth", points=[{"steps": n} for n in (2, 4, 6, 8, 16)], workers=[1])
    answer = found(tmp_path, ladder, {"fast": Costs(step_ns=MS)}, fates)["fast-p1"]
    assert (answer.largest, answer.stopped) == (8, "it would take too long")
    assert value(answer.exponent) == pytest.approx(1)


def test_three_sizes_are_too_few_for_a_growth(tmp_path: Path) -> None:
    fates = {"fast-inprocess-p1-chain-steps16": (Outcome.TIMEOUT, "too long")}
    answer = found(tmp_path, LADDER, {}, fates)["fast-p1"]
    assert (answer.exponent, answer.fixed_s, answer.step_s) == (None, None, None)
    assert "3 sizes were measured" in answer.refusal
    assert len(answer.sizes) == 3


def test_growth_without_a_good_size_has_no_largest(tmp_path: Path) -> None:
    fates = {f"fast-inprocess-p1-chain-steps{n}": (Outcome.FAILED, "no") for n in (2, 4, 8, 16)}
    answer = found(tmp_path, LADDER, {}, fates)["fast-p1"]
    assert (answer.largest, answer.sizes, answer.stopped) == (None, [], "no")


# --- payload ------------------------------------------------------------------------------------


def test_the_cost_of_a_byte_is_per_edge_and_beyond_plain(tmp_path: Path) -> None:
    answers = found(tmp_path, PAYLOAD, BYTES)
    assert value(answers["fast-p1"].byte_s) == pytest.approx(5e-9)
    assert value(answers["plain-p1"].byte_s) == pytest.approx(0, abs=1e-15)
    # Two edges of 6 ns per byte, and three steps of 2 ms.
    assert answers["fast-p1"].sizes == [
        (size, pytest.approx(2 * 6e-9 * size + 6e-3)) for size in SIZES
    ]
    assert (answers["fast-p1"].largest, answers["fast-p1"].fails_at) == (1_000_000, None)


def test_the_first_size_that_fails_is_named(tmp_path: Path) -> None:
    more = entry(
        "payload",
        parameters=PAYLOAD.parameters,
        points=[{"size": size} for size in (*SIZES, 2_000_000, 3_000_000)],
        workers=[1],
    )
    key = "fast-inprocess-p1-chain-steps3-bodypayload-size"
    fates = {f"{key}{n}000000": (Outcome.FAILED, f"too large: {n}") for n in (2, 3)}
    answer = found(tmp_path, more, BYTES, fates)["fast-p1"]
    assert (answer.largest, answer.fails_at, answer.how) == (1_000_000, 2_000_000, "too large: 2")
    assert value(answer.byte_s) == pytest.approx(5e-9)


@pytest.mark.parametrize("outcome", [Outcome.SKIPPED, Outcome.UNSUPPORTED])
def test_a_size_that_was_not_run_does_not_fail(tmp_path: Path, outcome: Outcome) -> None:
    key = "fast-inprocess-p1-chain-steps3-bodypayload-size"
    fates = {f"{key}{size}": (outcome, "no such mode") for size in SIZES}
    answer = found(tmp_path, PAYLOAD, BYTES, fates)["fast-p1"]
    assert (answer.largest, answer.fails_at, answer.how) == (None, None, "no such mode")


def test_a_first_size_without_plain_is_not_an_error(tmp_path: Path) -> None:
    more = entry(
        "payload",
        parameters=PAYLOAD.parameters,
        points=[{"size": 10}, *PAYLOAD.points],
        workers=[1],
    )
    key = "inprocess-p1-chain-steps3-bodypayload-size10"
    fates = {f"plain-{key}": (Outcome.FAILED, "no"), f"fast-{key}": (Outcome.SKIPPED, "no oracle")}
    answer = found(tmp_path, more, BYTES, fates)["fast-p1"]
    assert value(answer.byte_s) == pytest.approx(5e-9)
    assert (answer.fails_at, answer.how) == (None, "no oracle")


# --- latency ------------------------------------------------------------------------------------


def test_latency_is_the_time_from_ready_to_started(tmp_path: Path) -> None:
    chain = entry("latency", parameters={"steps": 5}, workers=[1])
    costs = {"fast": Costs(step_ns=3 * MS, run_ns=MS)}
    answer = found(tmp_path, chain, costs)["fast-p1"]
    assert value(answer.p50_s) == pytest.approx(3e-3)
    # Latencies are 4, 3, 3, 3, 3 ms; the percentile is interpolated between the two largest.
    assert value(answer.p95_s) == pytest.approx(3.8e-3)
    assert value(answer.p99_s) == pytest.approx(3.96e-3)
    assert value(answer.slope_s) == 0
    assert (answer.counted, answer.workload) == (1.0, "chain-steps5")


def test_the_first_execution_is_reported_separately(tmp_path: Path) -> None:
    one = entry("latency", parameters={"steps": 1}, workers=[1])
    costs = {"fast": Costs(step_ns=3 * MS, cold_ns=9 * MS)}
    answer = found(tmp_path, one, costs)["fast-p1"]
    assert value(answer.p50_s) == pytest.approx(3e-3)
    assert value(answer.cold_p50_s) == pytest.approx(12e-3)
    assert answer.slope_s is None


def test_a_step_that_waits_for_a_worker_is_not_counted(tmp_path: Path) -> None:
    wide = entry("latency", "fan-out", parameters={"width": 4}, workers=[1])
    answer = found(tmp_path, wide, {"fast": Costs(step_ns=3 * MS)})["fast-p1"]
    assert answer.counted == pytest.approx(1 / 5)
    assert value(answer.p50_s) == pytest.approx(3e-3)


def test_a_cell_that_is_not_ok_has_no_latency(tmp_path: Path) -> None:
    fates = {"fast-inprocess-p2-chain": (Outcome.WRONG, "differs")}
    assert set(found(tmp_path, entry("latency"), {}, fates)) == {"plain-p1", "plain-p2"}


# --- scaling ------------------------------------------------------------------------------------

SPIN = {"body": "spin", "seconds": 0.01}


def efficiencies(answer: Any) -> dict[int, float]:
    return {workers: each.value for workers, each in answer.efficiencies.items()}


def test_strong_scaling_is_the_used_share_of_each_worker(tmp_path: Path) -> None:
    strong = entry("strong", "fan-in", parameters={"width": 4, **SPIN}, workers=[1, 2])
    costs = {"fast": Costs(run_ns=20 * MS)}
    answers = found(tmp_path, strong, costs, pace={1: 1, 2: 3})
    # Four steps at once, then one: 5 step times with one worker, 3 with two.
    assert efficiencies(answers["plain-p1"]) == pytest.approx({1: 1, 2: 50 / (2 * 30)})
    assert efficiencies(answers["fast-p1"]) == pytest.approx({1: 1, 2: 70 / (2 * 50)})
    assert answers["fast-p1"].refusal == ""


def test_weak_scaling_compares_times_of_work_that_grows_with_the_workers(tmp_path: Path) -> None:
    weak = entry(
        "weak", "fan-in", parameters=SPIN, points=[{"width": 3}, {"width": 7}], workers=[1, 2]
    )
    answers = found(tmp_path, weak, {"fast": Costs(run_ns=20 * MS)})
    # One worker: 3 steps, then 1. Two workers: 7 steps take 4 step times, then 1.
    assert efficiencies(answers["plain-p1"]) == pytest.approx({1: 1, 2: 40 / 50})
    assert efficiencies(answers["fast-p1"]) == pytest.approx({1: 1, 2: 60 / 70})


def test_one_number_of_workers_is_too_few_for_scaling(tmp_path: Path) -> None:
    strong = entry("strong", "fan-in", parameters={"width": 4, **SPIN}, workers=[1, 2])
    fates = {"fast-inprocess-p2-fan-in-width4-bodyspin-seconds0.01": (Outcome.FAILED, "no")}
    answer = found(tmp_path, strong, {}, fates)["fast-p1"]
    assert "fewer than two" in answer.refusal


def test_scaling_needs_an_ok_cell_to_compare_with(tmp_path: Path) -> None:
    strong = entry("strong", "fan-in", parameters={"width": 4, **SPIN}, workers=[1, 2, 4])
    fates = {"fast-inprocess-p1-fan-in-width4-bodyspin-seconds0.01": (Outcome.WRONG, "no")}
    answer = found(tmp_path, strong, {}, fates)["fast-p1"]
    assert (answer.efficiencies, "no figure with P=1" in answer.refusal) == ({}, True)


def test_a_cell_that_is_not_ok_has_no_efficiency(tmp_path: Path) -> None:
    strong = entry("strong", "fan-in", parameters={"width": 4, **SPIN}, workers=[1, 2, 4])
    fates = {"fast-inprocess-p2-fan-in-width4-bodyspin-seconds0.01": (Outcome.WRONG, "no")}
    answer = found(tmp_path, strong, {}, fates)["fast-p1"]
    assert (set(answer.efficiencies), answer.refusal) == ({1, 4}, "")


@pytest.mark.parametrize("estimates", ["workload", "overhead", "throughput", "efficiency"])
def test_experiments_described_by_their_cells_have_no_findings(
    tmp_path: Path, estimates: str
) -> None:
    assert found(tmp_path, entry(estimates), {}) == {}
