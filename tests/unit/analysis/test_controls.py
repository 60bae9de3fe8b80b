"""Controls of a run: recovery of injected costs, the A/A null, recording, noise."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import msgspec
import pytest

from harness.analysis.controls import Controls
from harness.analysis.summary import summarise
from harness.model import Cost, Run, Spin
from harness.planning import profile
from harness.planning.profile import ExperimentSpec
from tests.unit.made_plan import entry
from tests.unit.made_run import MS, Costs, Making, made

INJECTED = {"FAKE_STEP_S": 0.01, "FAKE_RUN_S": 0.05, "FAKE_BYTE_S": 20e-9, "FAKE_LOSS": 0.25}
FAKE = Costs(run_ns=50 * MS, step_ns=10 * MS, byte_ns=20, loss=0.25)
SWEEP_COSTS = {"fake-inprocess-p1": Cost(0.016, 0.0)}
PIPELINE = {"pipeline": entry("workload", parameters={"steps": 2})}


def entries() -> dict[str, ExperimentSpec]:
    """Return the control experiments, with a shorter chain for the recorder to save time."""
    found = dict(profile.control_profile().experiments)
    found["recorder"] = msgspec.structs.replace(found["recorder"], points=[{"steps": 50}])
    return found


def with_controls(folder: Path, making: Making, **settings: Any) -> tuple[Controls, Run]:
    run = made(
        folder,
        PIPELINE,
        making,
        controls=settings.pop("controls", entries()),
        sweep_costs=SWEEP_COSTS,
        injected=settings.pop("injected", INJECTED),
        **settings,
    )
    return summarise(folder, run).controls, run


def test_every_injected_cost_is_recovered(tmp_path: Path) -> None:
    found, _ = with_controls(tmp_path, Making({"fake": FAKE}))
    values = {each.name: (each.injected, each.found and each.found.value) for each in found.known}
    assert {name: injected for name, (injected, _) in values.items()} == {
        "step_s": 0.01,
        "run_s": 0.05,
        "byte_s": 20e-9,
        "loss": 0.25,
        "metg_s": pytest.approx(2 * (0.01 + 0.05 / 8)),
    }
    for name, (injected, found_) in values.items():
        assert found_ == pytest.approx(injected, rel=1e-6), name
    assert all(each.recovered for each in found.known)


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("step_s", {"step_ns": 11 * MS}),
        ("run_s", {"run_ns": 55 * MS}),
        ("byte_s", {"byte_ns": 23}),
        ("loss", {"loss": 0.3}),
    ],
)
def test_a_cost_that_differs_from_the_injected_one_is_not_recovered(
    tmp_path: Path, name: str, changed: dict[str, Any]
) -> None:
    found, _ = with_controls(tmp_path, Making({"fake": dataclasses.replace(FAKE, **changed)}))
    recovered = {each.name: each.recovered for each in found.known}
    assert not recovered[name]
    assert summarise(tmp_path, run_of(tmp_path)).warnings[-1].startswith("known costs that were")


def run_of(folder: Path) -> Run:
    from harness.results import store

    return store.load(folder)


def test_the_cost_of_plains_own_pool_is_not_a_loss_of_the_fake(tmp_path: Path) -> None:
    pool = {"plain": Costs(step_ns=5 * MS), "fake": dataclasses.replace(FAKE, step_ns=15 * MS)}
    found, _ = with_controls(tmp_path, Making(pool))
    values = {each.name: each.found and each.found.value for each in found.known}
    assert values["loss"] == pytest.approx(0.25)
    assert values["step_s"] == pytest.approx(0.01)


def test_a_cost_that_was_not_measured_was_not_recovered(tmp_path: Path) -> None:
    found, _ = with_controls(tmp_path, Making(), controls={})
    assert [(each.found, each.recovered) for each in found.known] == [(None, False)] * 4
    assert (found.null, found.null_spread, found.recorder_step_s) == (None, None, None)


def test_known_costs_are_empty_if_none_is_injected(tmp_path: Path) -> None:
    found, _ = with_controls(tmp_path, Making({"fake": FAKE}), injected={})
    assert found.known == []


def test_the_null_ratio_is_one_for_equal_times(tmp_path: Path) -> None:
    found, _ = with_controls(tmp_path, Making(pace={1: 1, 2: 3}))
    assert found.null is not None
    assert (found.null.value, found.null_spread) == (1, 0)


def test_the_null_spread_is_the_distance_of_the_null_from_one(tmp_path: Path) -> None:
    # 20 steps of 10 ms each; 2 ms more per step is 20 % more.
    found, _ = with_controls(tmp_path, Making({"null": Costs(step_ns=2 * MS)}))
    assert found.null is not None
    assert found.null.value == pytest.approx(1.2)
    assert found.null_spread == pytest.approx(math.log(1.2))


def test_a_single_bad_round_of_many_does_not_widen_the_null(tmp_path: Path) -> None:
    found, run = with_controls(tmp_path, Making(), trials=12)
    trials = [
        msgspec.structs.replace(
            trial,
            repetitions=[
                msgspec.structs.replace(rep, makespan_ns=5 * (rep.makespan_ns or 0))
                for rep in trial.repetitions
            ],
        )
        if trial.framework == "null" and trial.number == 5
        else trial
        for trial in run.trials
    ]
    found = summarise(tmp_path, msgspec.structs.replace(run, trials=trials)).controls
    assert found.null_spread == pytest.approx(0)


def test_recording_costs_the_time_that_it_adds_to_plain(tmp_path: Path) -> None:
    found, _ = with_controls(tmp_path, Making({"plain": Costs(step_ns=20_000)}))
    assert found.recorder_step_s is not None
    assert found.recorder_step_s.value == pytest.approx(20e-6)


def test_the_share_of_the_harness_is_over_all_trials(tmp_path: Path) -> None:
    found, run = with_controls(tmp_path, Making(), controls={})
    assert found.harness_share == pytest.approx(0.03 / 3.0)
    resources = run.trials[0].resources
    assert resources is not None
    longer = msgspec.structs.replace(resources, harness_cpu_s=0.0, lasted_s=9.0)
    two = [
        msgspec.structs.replace(run.trials[0], resources=each) for each in (resources, longer, None)
    ]
    found = summarise(tmp_path, msgspec.structs.replace(run, trials=two)).controls
    assert found.harness_share == pytest.approx(0.03 / 12)


def test_a_noisy_host_is_the_first_warning(tmp_path: Path) -> None:
    spins = [Spin([100] * 10, None, None), Spin([150] * 10, None, None)]
    run = made(tmp_path, PIPELINE, Making(spins=spins))
    shown = summarise(tmp_path, run)
    assert shown.controls.noise is not None
    assert shown.controls.noise.noisy
    assert shown.warnings[0].startswith("NOISY HOST: the same work varied by 40%")
