"""Step times of a METG sweep."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model import Cost
from harness.planning import sweep
from harness.planning.plan import Subject
from tests.unit.made_frameworks import PLAIN, framework
from tests.unit.made_plan import CONTROLS, build, entry, settings, suite_of

FAST, TURNS = framework("fast"), framework("turns", inprocess=False)
CATALOG = {each.name: each for each in (PLAIN, FAST, TURNS, *CONTROLS)}
METG = {"m": entry("metg", parameters={"steps": 2, "body": "spin"})}


def test_five_powers_of_two_lie_around_the_cost() -> None:
    alone = [256e-6, 512e-6, 1024e-6, 2048e-6, 4096e-6]
    assert sweep.seconds(1024e-6, 1) == pytest.approx(alone, rel=1e-12)


def test_steps_that_share_the_cores_with_the_engine_are_longer() -> None:
    sharing = [512e-6, 1024e-6, 2048e-6, 4096e-6, 8192e-6]
    assert sweep.seconds(1024e-6, 2) == pytest.approx(sharing, rel=1e-12)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_sweep_of_a_slow_framework_is_shorter(workers: int) -> None:
    assert sweep.seconds(4.0, workers)[-1] == pytest.approx(2 * 2**22 * 1e-6)


def test_frameworks_of_like_cost_share_their_steps() -> None:
    assert sweep.seconds(900e-6, 1) == sweep.seconds(1100e-6, 1)


def test_steps_are_not_shorter_than_a_clock_resolves() -> None:
    assert sweep.seconds(1e-6, 1) == pytest.approx([2e-6, 4e-6])
    assert sweep.seconds(0.0, 1) == sweep.seconds(1e-6, 1)


@given(st.floats(8e-6, 100), st.integers(1, 4))
def test_the_crossing_lies_inside_any_sweep(step_s: float, workers: int) -> None:
    """With a cost of c for each step, efficiency is one half at d = c."""
    found = sweep.seconds(step_s, workers)
    assert found[0] < step_s < found[-1]
    assert [b / a for a, b in pairwise(found)] == pytest.approx([2] * (len(found) - 1))
    assert math.log2(found[0] * 1e6) == pytest.approx(round(math.log2(found[0] * 1e6)))


def test_the_cost_of_a_subject_is_its_own_or_a_similar_ones() -> None:
    own, other = Cost(1.0, 2.0), Cost(3.0, 4.0)
    costs = {"fast-inprocess-p1": other, "fast-inprocess-p2": own, "fasted-inprocess-p4": own}
    assert sweep.cost_of(costs, Subject("fast", "inprocess", 2)) == own
    assert sweep.cost_of(costs, Subject("fast", "inprocess", 4)) == other
    assert sweep.cost_of(costs, Subject("unknown", "inprocess", 4)).step_s > 0


@pytest.mark.parametrize("name", ["null", "unrecorded"])
def test_plain_under_another_name_has_the_cost_of_plain(name: str) -> None:
    costs = {"plain-inprocess-p1": Cost(1.0, 2.0)}
    assert sweep.cost_of(costs, Subject(name, "inprocess", 1)) == Cost(1.0, 2.0)


def test_only_subjects_of_sweeps_are_calibrated() -> None:
    made = suite_of({**METG, "chain": entry("workload")})
    found = sweep.empty(made, [FAST, TURNS], CATALOG, settings())
    empty = made.questions[0].keys
    assert {subject.id: keys for subject, keys in found.items()} == {
        "plain-inprocess-p1": empty,
        "plain-inprocess-p2": empty,
        "fast-inprocess-p2": empty,
        "turns-inprocess-p1": empty,
    }
    assert sweep.empty(suite_of({"c": entry("workload")}), [FAST], CATALOG, settings()) == {}


def test_each_subject_gets_the_workloads_around_its_own_cost() -> None:
    made = suite_of(METG)
    costs = {"fast-inprocess-p2": Cost(64e-6, 1.0), "turns-inprocess-p1": Cost(128e-6, 1.0)}
    sweeps = sweep.build(made, build, [FAST, TURNS], CATALOG, settings(), costs)

    def seconds(subject: Subject) -> list[float]:
        return [made.specs[key].parameters["seconds"] for key in sweeps["m", subject]]

    assert seconds(Subject("fast", "inprocess", 2)) == pytest.approx(
        [32e-6, 64e-6, 128e-6, 256e-6, 512e-6]
    )
    assert seconds(Subject("turns", "inprocess", 1)) == pytest.approx(
        [32e-6, 64e-6, 128e-6, 256e-6, 512e-6]
    )
    shared = set(sweeps["m", Subject("fast", "inprocess", 2)])
    assert shared == set(sweeps["m", Subject("turns", "inprocess", 1)])
