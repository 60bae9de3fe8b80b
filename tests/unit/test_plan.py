"""Cells and the order of trials."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import plan
from harness.catalog import Framework
from harness.errors import UsageError
from harness.model import Plan, Timeouts
from tests.unit.frameworks import PLAIN, framework

PARALLEL = framework("fast", inprocess=True)
SEQUENTIAL = framework("turns", inprocess=False)
MANY = [PLAIN, PARALLEL, SEQUENTIAL, framework("other"), framework("third")]


def make(frameworks: Sequence[Framework], **changed: Any) -> Plan:
    options: dict[str, Any] = {
        "mode": None,
        "workload": "chain",
        "parameters": {"steps": 10},
        "workers": 4,
        "trials": 3,
        "repetitions": 2,
        "seed": 7,
        "timeouts": Timeouts(),
    }
    return plan.make(frameworks, PLAIN, **{**options, **changed})


def ids(made: Plan) -> list[str]:
    return [cell.id for cell in made.cells]


def test_plain_with_one_worker_is_the_reference() -> None:
    made = make([PARALLEL])
    assert made.reference == "plain-inprocess-p1"
    assert made.cell(made.reference).workers == 1


@pytest.mark.parametrize("seed", range(8))
def test_the_reference_is_the_very_first_trial(seed: int) -> None:
    made = make(MANY, seed=seed)
    assert made.order[0].cells == [made.reference]
    assert made.order[0].number == 1


def test_plain_is_there_with_as_many_workers_as_any_framework() -> None:
    assert ids(make([PARALLEL])) == [
        "plain-inprocess-p1",
        "plain-inprocess-p4",
        "fast-inprocess-p4",
    ]
    assert ids(make([SEQUENTIAL])) == ["plain-inprocess-p1", "turns-inprocess-p1"]


def test_a_mode_that_is_sequential_by_nature_gets_one_worker() -> None:
    made = make([SEQUENTIAL, PARALLEL])
    workers = {cell.framework: cell.workers for cell in made.cells if cell.framework != "plain"}
    assert workers == {"turns": 1, "fast": 4}


def test_with_one_worker_plain_is_there_once() -> None:
    assert ids(make([PLAIN, PARALLEL], workers=1)) == ["plain-inprocess-p1", "fast-inprocess-p1"]


def test_a_framework_named_twice_is_one_cell() -> None:
    assert ids(make([PARALLEL, PARALLEL])) == ids(make([PARALLEL]))


def test_the_first_mode_is_the_default() -> None:
    made = make([framework("f", server=True, inprocess=False)])
    assert made.cells[-1].id == "f-server-p4"


def test_a_named_mode_is_used_by_all_but_plain() -> None:
    made = make([framework("f", inprocess=True, server=False), PARALLEL], mode="server")
    assert [(c.label, c.workers) for c in made.cells] == [
        ("plain/inprocess", 1),
        ("plain/inprocess", 4),
        ("f/server", 1),
        ("fast/server", 4),  # which it has not: the run says so, the plan keeps its place
    ]


def test_every_cell_is_in_every_round_once() -> None:
    made = make(MANY)
    counted = Counter((each.number, *each.cells) for each in made.order)
    assert counted == Counter({(n, cell): 1 for n in (1, 2, 3) for cell in ids(made)})
    assert [each.number for each in made.order] == sorted(each.number for each in made.order)


def test_trials_have_names_of_their_own() -> None:
    names = [each.id for each in make(MANY, trials=12).order]
    assert len(set(names)) == len(names)


def test_the_order_is_reproducible() -> None:
    assert make(MANY, seed=3) == make(MANY, seed=3)


def test_the_order_is_another_for_another_seed() -> None:
    orders = {tuple(each.id for each in make(MANY, seed=seed).order) for seed in range(20)}
    assert len(orders) > 15


def test_every_round_has_an_order_of_its_own() -> None:
    made = make(MANY, trials=10)
    rounds = {tuple(e.framework for e in made.order if e.number == n) for n in range(2, 11)}
    assert len(rounds) > 4


def test_no_cell_always_follows_the_same_other() -> None:
    made = make(MANY, trials=40)
    after = Counter(
        (a.cells[0], b.cells[0])
        for a, b in zip(made.order, made.order[1:], strict=False)
        if a.number == b.number > 1
    )
    assert max(after.values()) < 20


@pytest.mark.parametrize("option", ["workers", "trials", "repetitions"])
@pytest.mark.parametrize("number", [0, -1])
def test_numbers_below_one_are_refused_by_their_option(option: str, number: int) -> None:
    with pytest.raises(UsageError, match=f"--{option} {number}: give a whole number"):
        make(MANY, **{option: number})


def test_what_was_asked_for_is_kept() -> None:
    made = make(MANY)
    assert (made.workload, made.parameters, made.seed) == ("chain", {"steps": 10}, 7)
    assert (made.trials, made.repetitions, made.workers) == (3, 2, 4)


def test_a_cell_that_is_not_planned_is_not_found() -> None:
    with pytest.raises(StopIteration):
        make(MANY).cell("nowhere")


@given(st.integers(1, 5), st.integers(1, 4), st.integers(0, 2**32), st.data())
def test_any_plan_holds_each_cell_in_each_round(
    workers: int, trials: int, seed: int, data: st.DataObject
) -> None:
    chosen = data.draw(st.lists(st.sampled_from(MANY), max_size=6))
    made = make(chosen, workers=workers, trials=trials, seed=seed)
    assert len(made.order) == trials * len(made.cells)
    assert made.order[0].cells == [made.reference]
    used = {cell.workers for cell in made.cells}
    plain = {cell.workers for cell in made.cells if cell.framework == "plain"}
    assert used == plain
