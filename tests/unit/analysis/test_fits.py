"""Intervals of fits over sizes, on runs whose rounds differ by known factors."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from harness.analysis.cells import figures
from harness.analysis.finding import Growing
from harness.analysis.findings import findings
from harness.analysis.run_data import RunData
from harness.stats import Estimate
from tests.unit.analysis.made_findings import BYTES, LADDER, PAYLOAD, found, value
from tests.unit.made_run import MS, Costs, Making, made

# Slowdown of each round relative to the first: the medians lie on a line.
PACES = {number: number for number in range(1, 7)}


def bounds(estimate: Estimate | None) -> tuple[float | None, float | None, int]:
    assert estimate is not None
    return estimate.low, estimate.high, estimate.trials


def test_intervals_of_growth_are_over_the_fits_of_each_round(tmp_path: Path) -> None:
    costs = {"fast": Costs(step_ns=2 * MS, run_ns=50 * MS)}
    answer = found(tmp_path / "6", LADDER, costs, pace=PACES, trials=6)["fast-p1"]
    # With six trials, only the first and the last enclose the median with 95 %.
    assert value(answer.step_s) == pytest.approx(3.5 * 3e-3)
    assert bounds(answer.step_s) == (pytest.approx(3e-3), pytest.approx(18e-3), 6)
    assert bounds(answer.fixed_s) == (pytest.approx(50e-3), pytest.approx(300e-3), 6)
    # A round that is twice as slow at every size has the same exponent.
    power = value(answer.exponent)
    assert bounds(answer.exponent) == (pytest.approx(power), pytest.approx(power), 6)
    two = found(tmp_path / "2", LADDER, costs, pace=PACES, trials=2)["fast-p1"]
    # Mean 4.5 ms, s = 3 / sqrt(2), t(1) = 12.7062: 4.5 -+ 12.7062 * 1.5
    assert bounds(two.step_s) == (pytest.approx(-14.5593e-3), pytest.approx(23.5593e-3), 2)
    one = found(tmp_path / "1", LADDER, costs, trials=1)["fast-p1"]
    assert bounds(one.step_s) == bounds(one.exponent) == (None, None, 1)


@pytest.mark.parametrize(
    ("lacking", "width"),
    [({2: 16}, 0.0), ({1: 2, 2: 16}, None)],
    ids=["one round has all sizes", "no round has all sizes"],
)
def test_a_round_without_a_size_has_no_fit(
    tmp_path: Path, lacking: dict[int, int], width: float | None
) -> None:
    """Use the interval of the fit to the medians if no round has all sizes."""
    costs = {"fast": Costs(step_ns=2 * MS)}
    run = made(tmp_path, {"it": LADDER}, Making(costs, {2: 2}), trials=2)
    trials = [
        msgspec.structs.replace(
            trial,
            repetitions=[
                each
                for each in trial.repetitions
                if each.cell != f"fast-inprocess-p1-chain-steps{lacking.get(trial.number)}"
            ],
        )
        for trial in run.trials
    ]
    data = RunData(tmp_path, msgspec.structs.replace(run, trials=trials))
    (planned,) = run.plan.experiments
    rows = [figures(data, run.plan.cell(cell)) for cell in planned.cells]
    answer = next(each for each in findings(data, planned, rows) if each.framework == "fast")
    assert isinstance(answer, Growing)
    low, high, trials_ = bounds(answer.step_s)
    if width is None:
        assert low is not None
        assert high is not None
        assert low < value(answer.step_s) < high
    else:
        assert (low, high, trials_) == (None, None, 1)


def test_the_interval_of_a_byte_is_over_the_rounds_differences_to_plain(tmp_path: Path) -> None:
    answer = found(tmp_path, PAYLOAD, BYTES, pace=PACES, trials=6)["fast-p1"]
    assert value(answer.byte_s) == pytest.approx(3.5 * 5e-9)
    assert bounds(answer.byte_s) == (pytest.approx(5e-9), pytest.approx(30e-9), 6)
