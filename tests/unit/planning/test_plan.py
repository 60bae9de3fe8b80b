"""Cells, experiments, and the order of trials."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.frameworks.catalog import Framework
from harness.model import Cost, Experiment, Plan
from harness.planning import plan
from harness.planning.profile import ExperimentSpec
from tests.unit.made_frameworks import PLAIN, framework
from tests.unit.made_plan import CONTROLS, entry, plan_of, settings, suite_of

PARALLEL = framework("fast", inprocess=True)
SEQUENTIAL = framework("turns", inprocess=False)
MANY = [PLAIN, PARALLEL, SEQUENTIAL, framework("other"), framework("third")]

CHAIN = {"pipeline": entry("workload", parameters={"steps": 10})}
LADDER = entry("growth", points=[{"steps": 2}, {"steps": 6}, {"steps": 30}], budget_s=9.0)


def make(
    chosen: Sequence[Framework],
    experiments: dict[str, ExperimentSpec] | None = None,
    **changed: Any,
) -> Plan:
    return plan_of(experiments or CHAIN, chosen, **{"trials": 3, "workers": 4, **changed})[0]


def ids(made: Plan) -> list[str]:
    """Return the cells, without the one workload that they all have."""
    return [cell.id.removesuffix("-chain-steps10") for cell in made.cells]


def experiment(made: Plan, name: str) -> Experiment:
    return next(each for each in made.experiments if each.name == name)


def test_plain_with_one_worker_is_the_reference_of_every_workload() -> None:
    made = make(MANY, {**CHAIN, "growth": LADDER, "wide": entry("latency", "fan-out")})
    assert set(made.workloads) == {
        *("chain-steps10", "chain-steps2", "chain-steps6", "chain-steps30", "fan-out"),
    }
    for key in made.workloads:
        reference = made.reference(key)
        assert (reference.framework, reference.workers, reference.workload) == ("plain", 1, key)
        assert (reference.budget_s, reference.after) == (None, None), "others depend on it"


@pytest.mark.parametrize("seed", range(8))
def test_the_references_are_the_very_first_trial(seed: int) -> None:
    made = make(MANY, {**CHAIN, "growth": LADDER}, seed=seed)
    references = {made.reference(key).id for key in made.workloads}
    assert set(made.order[0].cells) == references
    assert made.order[0].number == 1


def test_plain_is_planned_with_as_many_workers_as_any_framework() -> None:
    assert ids(make([PARALLEL])) == [
        "plain-inprocess-p1",
        "plain-inprocess-p4",
        "fast-inprocess-p4",
    ]
    assert ids(make([SEQUENTIAL])) == ["plain-inprocess-p1", "turns-inprocess-p1"]


def test_a_sequential_mode_gets_one_worker() -> None:
    made = make([SEQUENTIAL, PARALLEL])
    workers = {cell.framework: cell.workers for cell in made.cells if cell.framework != "plain"}
    assert workers == {"turns": 1, "fast": 4}


def test_plain_is_planned_once_if_all_have_one_worker() -> None:
    assert ids(make([PLAIN, PARALLEL], workers=1)) == ["plain-inprocess-p1", "fast-inprocess-p1"]


def test_a_framework_named_twice_is_one_cell() -> None:
    assert ids(make([PARALLEL, PARALLEL])) == ids(make([PARALLEL]))


def test_the_first_mode_is_the_default() -> None:
    made = make([framework("f", server=True, inprocess=False)])
    assert ids(made)[-1] == "f-server-p4"


def test_a_named_mode_is_used_by_all_but_plain() -> None:
    made = make([framework("f", inprocess=True, server=False), PARALLEL], mode="server")
    assert [(c.label, c.workers) for c in made.cells] == [
        ("plain/inprocess", 1),
        ("plain/inprocess", 4),
        ("f/server", 1),
        ("fast/server", 4),  # it lacks this mode: the run reports it, the plan has a place for it
    ]


def test_controls_keep_their_own_mode_and_frameworks() -> None:
    null = entry("null", frameworks=["plain", "null"], workers=[1])
    made = make([PARALLEL], controls={"null": null}, mode="server")
    named = experiment(made, "null")
    assert named.control
    assert named.cells == ["plain-inprocess-p1-chain", "null-inprocess-p1-chain"]


def test_only_the_control_of_recording_is_not_recorded() -> None:
    recorder = entry("recorder", frameworks=["plain", "unrecorded"], workers=[1])
    made = make([PARALLEL], controls={"recorder": recorder})
    assert {cell.framework for cell in made.cells if not cell.recorded} == {"unrecorded"}
    assert made.reference("chain").recorded


def test_the_points_of_a_ladder_ascend_each_after_the_one_before() -> None:
    made = make([PARALLEL], {"growth": LADDER})
    own = [cell for cell in made.cells if cell.framework == "fast"]
    assert [(c.workload, c.after and made.cell(c.after).workload, c.scale) for c in own] == [
        ("chain-steps2", None, 1.0),
        ("chain-steps6", "chain-steps2", 3.0),
        ("chain-steps30", "chain-steps6", 5.0),
    ]
    assert {cell.budget_s for cell in own} == {9.0}


def test_the_time_of_a_payload_is_not_predicted_from_a_smaller_one() -> None:
    points = [{"size": 10}, {"size": 1000}]
    made = make([PARALLEL], {"p": entry("payload", points=points)})
    larger = next(c for c in made.cells if c.framework == "fast" and c.after)
    assert (larger.workload, larger.scale) == ("chain-size1000", 1.0)


@pytest.mark.parametrize("seed", range(10))
def test_ladders_ascend_without_a_gap_in_every_trial(seed: int) -> None:
    made = make(MANY, {"a": LADDER, "b": entry("overhead", "fan-out"), **CHAIN}, seed=seed)
    for planned in made.order:
        for position, cell in enumerate(map(made.cell, planned.cells)):
            assert cell.after is None or planned.cells[position - 1] == cell.after


@pytest.mark.parametrize("seed", range(10))
def test_the_first_pipeline_is_the_first_that_a_process_executes(seed: int) -> None:
    second = {"second": entry("workload", "fan-out")}
    made = make(MANY, {"growth": LADDER, **CHAIN, **second}, seed=seed)
    assert {made.cell(planned.cells[0]).workload for planned in made.order} == {"chain-steps10"}


def test_the_cells_of_a_subject_have_another_order_in_each_trial() -> None:
    points = [{"width": width} for width in range(1, 7)]
    made = make([PARALLEL], {"o": entry("overhead", "fan-out", points=points)}, trials=10)
    orders = {tuple(each.cells) for each in made.order if each.framework == "fast"}
    assert len(orders) > 5


@pytest.mark.parametrize("estimates", ["strong", "weak"])
def test_a_sequential_mode_is_left_out_of_scaling(estimates: str) -> None:
    points = [{"width": 4}, {"width": 8}] if estimates == "weak" else [{"width": 8}]
    scaling = entry(estimates, "fan-out", points=points, workers=[1, 2])
    made = make([SEQUENTIAL, PARALLEL], {"scaling": scaling})
    assert {cell.framework for cell in made.cells} == {"plain", "fast"}


def test_strong_scaling_is_the_same_work_with_every_number_of_workers() -> None:
    made = make([PARALLEL], {"s": entry("strong", "fan-out", workers=[1, 2, 4])})
    for name in ("plain", "fast"):
        pairs = [(c.workers, c.workload) for c in made.cells if c.framework == name]
        assert pairs == [(1, "fan-out"), (2, "fan-out"), (4, "fan-out")]


def test_weak_scaling_pairs_each_number_of_workers_with_its_work() -> None:
    points = [{"width": 4}, {"width": 8}, {"width": 16}]
    made = make([PARALLEL], {"w": entry("weak", "fan-out", points=points, workers=[1, 2, 4])})
    cells = [made.cell(cell) for cell in experiment(made, "w").cells]
    for name in ("plain", "fast"):
        assert [(c.workers, c.workload) for c in cells if c.framework == name] == [
            (1, "fan-out-width4"),
            (2, "fan-out-width8"),
            (4, "fan-out-width16"),
        ]
    planned = {(c.workload, c.workers) for c in made.cells if c.framework == "plain"}
    assert ("fan-out-width16", 1) in planned, "its steps' own times are needed all the same"


def test_a_sweep_is_around_the_calibrated_cost_of_a_step() -> None:
    costs = {"fast-inprocess-p4": Cost(step_s=100e-6, start_s=1.0)}
    sweep = entry("metg", "layered", parameters={"body": "spin"})
    made = make([PARALLEL], {"metg": sweep}, costs=costs)
    own = [made.cell(c) for c in experiment(made, "metg").cells if c.startswith("fast")]
    seconds = [made.workloads[cell.workload].parameters["seconds"] for cell in own]
    assert seconds == pytest.approx([64e-6, 128e-6, 256e-6, 512e-6, 1024e-6])
    assert {made.workloads[cell.workload].parameters["body"] for cell in own} == {"spin"}


def test_experiments_share_a_cell_with_the_most_repetitions_of_them() -> None:
    same = {"steps": 5}
    made = make(
        [PARALLEL],
        {
            "a": entry("overhead", parameters=same, repetitions=1),
            "b": entry("latency", parameters=same, repetitions=5),
            "c": entry("throughput", parameters=same),
        },
    )
    assert Counter(cell.workload for cell in made.cells) == {"chain-steps5": 3}
    assert {cell.repetitions for cell in made.cells} == {5}
    assert len({tuple(each.cells) for each in made.experiments}) == 1


def test_every_cell_is_in_every_round_once() -> None:
    made = make(MANY, {**CHAIN, "growth": LADDER})
    counted = Counter((each.number, cell) for each in made.order for cell in each.cells)
    every = [cell.id for cell in made.cells]
    assert counted == Counter({(n, cell): 1 for n in (1, 2, 3) for cell in every})
    assert [each.number for each in made.order] == sorted(each.number for each in made.order)


def test_a_trial_has_the_cells_of_one_subject() -> None:
    made = make(MANY, {**CHAIN, "growth": LADDER})
    for planned in made.order:
        cells = [made.cell(cell) for cell in planned.cells]
        subject = (planned.framework, planned.mode, planned.workers)
        assert {(c.framework, c.mode, c.workers) for c in cells} == {subject}


def test_trials_have_names_of_their_own() -> None:
    names = [each.id for each in make(MANY, trials=12).order]
    assert len(set(names)) == len(names)


def test_the_order_is_reproducible() -> None:
    assert make(MANY, seed=3) == make(MANY, seed=3)


def test_the_order_differs_for_another_seed() -> None:
    orders = {tuple(each.id for each in make(MANY, seed=seed).order) for seed in range(20)}
    assert len(orders) > 15


def test_every_round_has_an_order_of_its_own() -> None:
    made = make(MANY, trials=10)
    rounds = {tuple(e.framework for e in made.order if e.number == n) for n in range(2, 11)}
    assert len(rounds) > 4


def test_predecessors_of_a_framework_are_balanced() -> None:
    made = make(MANY, trials=40)
    after = Counter(
        (a.framework, b.framework)
        for a, b in zip(made.order, made.order[1:], strict=False)
        if a.number == b.number > 1 and "plain" not in (a.framework, b.framework)
    )
    # 39 rounds of 6 have 195 neighbours among 30 pairs: in balance 6 or 7 of each.
    assert len(after) == 12
    assert max(after.values()) <= 10


@pytest.mark.parametrize("option", ["workers", "trials", "repetitions"])
@pytest.mark.parametrize("number", [0, -1])
def test_numbers_below_one_are_refused_by_their_option(option: str, number: int) -> None:
    with pytest.raises(UsageError, match=f"--{option} {number}: give a whole number"):
        make(MANY, **{option: number})


def test_a_plan_holds_the_requested_settings() -> None:
    made = make(MANY, injected={"FAKE_STEP_S": 0.5})
    (spec,) = made.workloads.values()
    assert (spec.name, spec.parameters["steps"], spec.steps) == ("chain", 10, 10)
    assert (made.trials, made.workers, made.seed, made.idle_s) == (3, 4, 7, 2.0)
    assert {cell.repetitions for cell in made.cells} == {2}
    assert made.injected == {"FAKE_STEP_S": 0.5}


def test_a_cell_that_is_not_planned_is_not_found() -> None:
    with pytest.raises(StopIteration):
        make(MANY).cell("nowhere")


@given(st.integers(1, 5), st.integers(1, 4), st.integers(0, 2**32), st.data())
def test_any_plan_holds_each_cell_in_each_round(
    workers: int, trials: int, seed: int, data: st.DataObject
) -> None:
    chosen = data.draw(st.lists(st.sampled_from(MANY), max_size=6))
    made = make(chosen, {**CHAIN, "growth": LADDER}, workers=workers, trials=trials, seed=seed)
    done = [(each.number, cell) for each in made.order for cell in each.cells]
    assert len(set(done)) == len(done) == trials * len(made.cells)
    assert made.reference("chain-steps10").id in made.order[0].cells
    used = {cell.workers for cell in made.cells}
    plain = {cell.workers for cell in made.cells if cell.framework == "plain"}
    assert used == plain


@pytest.mark.parametrize("seed", range(10))
def test_plain_python_goes_first_and_not_in_another_mode(seed: int) -> None:
    plain = framework("plain", inprocess=True, distributed=True)
    catalog = {each.name: each for each in (plain, *CONTROLS)}
    made = suite_of({"work": entry("workload")})
    common = settings(mode="distributed", workers=1, seed=seed)
    planned = plan.make([plain], catalog, made, common, sweeps={}, costs={}, injected={})
    modes = [each.mode for each in planned.order]
    assert modes[0] == "inprocess"
    assert sorted(set(modes)) == ["distributed", "inprocess"]
