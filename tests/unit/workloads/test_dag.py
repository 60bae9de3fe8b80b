"""Wiring, serialising and ordering of workloads."""

from __future__ import annotations

import itertools
import json
import math
import random
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.made_steps import Group, add, one, same, tagged, total
from workloads.dag import Artifact, Dag, Ref, Step, WiringError, Workload, bind, pick


def refused(function: Any, **arguments: Any) -> str:
    with pytest.raises(WiringError) as caught:
        Dag("d").step(function, **arguments)
    return str(caught.value)


def test_a_step_names_its_function_and_its_upstreams() -> None:
    dag = Dag("d")
    first = dag.step(one)
    dag.step(add, left=first, right=5)
    step = dag.build(out=first).steps[1]
    assert (step.id, step.function) == ("add", "tests.unit.made_steps:add")
    assert step.arguments == {"left": {"$ref": "one", "path": []}, "right": 5}
    assert step.upstreams == ("one",)


def test_references_are_found_in_lists_and_dicts_at_any_depth() -> None:
    dag = Dag("d")
    a, b, c = (dag.step(one, name) for name in "abc")
    dag.step(same, "deep", value={"x": [a, {"y": (b["k"][0], c)}], "again": a})
    deep = dag.build(out=a).steps[-1]
    assert deep.upstreams == ("a", "b", "c")
    inputs = {"a": 1, "b": {"k": [2]}, "c": 3}
    assert bind(deep.arguments, inputs) == {"value": {"x": [1, {"y": [2, 3]}], "again": 1}}


def test_repeated_names_are_numbered() -> None:
    dag = Dag("d")
    assert [dag.step(one).step for _ in range(3)] == ["one", "one_2", "one_3"]


def test_a_number_that_is_taken_is_skipped() -> None:
    dag = Dag("d")
    dag.step(one, "one_2")
    assert [dag.step(one).step for _ in range(2)] == ["one", "one_3"]


def test_an_explicit_id_may_be_used_once() -> None:
    dag = Dag("d")
    dag.step(one, "mine")
    with pytest.raises(WiringError, match="'mine' is used twice"):
        dag.step(one, "mine")


@pytest.mark.parametrize("name", ["1st", "a-b", "a b", "ä", "_a", "a\n", "a.b"])
def test_ids_are_names_that_every_framework_accepts(name: str) -> None:
    with pytest.raises(WiringError, match="use letters, digits and _"):
        Dag("d").step(one, name)


def test_an_argument_may_be_called_id_or_function() -> None:
    dag = Dag("d")
    ref = dag.step(tagged, id="x", function="y")
    assert dag.build(out=ref).steps == (
        Step("tagged", "tests.unit.made_steps:tagged", {"id": "x", "function": "y"}),
    )


def test_a_wrong_name_is_reported_with_the_nearest() -> None:
    message = refused(add, left=1, rihgt=2)
    assert "step 'add'" in message
    assert "no parameter 'rihgt', did you mean 'right'?" in message


def test_a_missing_argument_is_named() -> None:
    message = refused(add, right=2)
    assert "step 'add'" in message
    assert "'left'" in message


def test_lambdas_and_closures_are_refused() -> None:
    def closure() -> int:
        return 1

    assert "step id '<lambda>'" in refused(lambda: 1)
    for function in (lambda: 1, closure):
        with pytest.raises(WiringError, match=r"step 'named': .*cannot be imported"):
            Dag("d").step(function, "named")


def test_functions_of_main_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one, "__module__", "__main__")
    assert "cannot be imported by another process" in refused(one)


def test_a_static_method_is_named_by_its_path() -> None:
    dag = Dag("d")
    ref = dag.step(Group.nested)
    assert dag.build(out=ref).steps[0].function == "tests.unit.made_steps:Group.nested"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_numbers_beyond_json_are_refused(value: float) -> None:
    message = refused(same, value={"deep": [value]})
    assert "step 'same': argument 'value.deep[0]'" in message
    assert repr(value) in message


@pytest.mark.parametrize("value", [date(2020, 1, 1), {1, 2}, b"bytes", object(), one, 1j])
def test_a_value_that_is_not_json_is_refused_with_its_type(value: Any) -> None:
    message = refused(same, value=value)
    assert "argument 'value'" in message
    assert type(value).__qualname__ in message


@pytest.mark.parametrize("value", [{1: 2}, {"$ref": "a"}, {"$artifact": {}}, {None: 1}])
def test_dicts_with_reserved_keys_are_refused(value: Any) -> None:
    assert "must have strings for keys" in refused(same, value=value)


def test_a_reference_from_another_workload_is_refused() -> None:
    foreign = Dag("other").step(one)
    assert "'value[0]' is from another workload" in refused(same, value=[foreign])


def test_an_output_from_another_workload_is_refused() -> None:
    dag = Dag("d")
    dag.step(one)
    with pytest.raises(WiringError, match="output 'out'"):
        dag.build(out=Dag("other").step(one))


def test_an_output_has_to_be_a_reference() -> None:
    with pytest.raises(WiringError, match="output 'out'"):
        Dag("d").build(out=1)  # type: ignore[arg-type]


def test_a_workload_without_outputs_is_refused() -> None:
    dag = Dag("d")
    dag.step(one)
    with pytest.raises(WiringError, match="at least one output"):
        dag.build()


def test_iterating_a_reference_is_refused_at_once() -> None:
    ref = Dag("d").step(one)
    with pytest.raises(WiringError, match=r"step 'one'.*cannot be iterated"):
        list(ref)


def test_a_reference_compares_without_its_builder() -> None:
    assert Dag("d").step(one)["k"] == Ref("one", ("k",))


def test_outputs_are_picked_by_path() -> None:
    workload = Workload("d", (Step("a", "m:f"),), {"x": Ref("a", ("k", 1)), "all": Ref("a")})
    assert workload.select({"a": {"k": [1, 2]}}) == {"x": 2, "all": {"k": [1, 2]}}


def test_pick_follows_keys_and_positions() -> None:
    assert pick({"a": [{"b": 3}]}, ("a", 0, "b")) == 3


def test_an_artifact_survives_json() -> None:
    artifact = Artifact("/a", "0f", 3, "bytes")
    assert Artifact.from_json(json.loads(json.dumps(artifact.to_json()))) == artifact


def shuffled(workload: Workload, seed: int) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(json.dumps(workload.to_json()))
    random.Random(seed).shuffle(data["steps"])
    return data


def data_of(*edges: tuple[str, str], ids: str = "abc") -> dict[str, Any]:
    """A workload's JSON by its edges, upstream first."""
    takes: dict[str, list[Any]] = {name: [] for name in ids}
    for up, down in edges:
        takes[down].append({"$ref": up, "path": []})
    steps = [{"id": n, "function": "m:f", "arguments": {"v": v}} for n, v in takes.items()]
    return {"name": "d", "steps": steps, "outputs": {"out": {"$ref": ids[0], "path": []}}}


def test_json_gives_the_same_workload() -> None:
    dag = Dag("d")
    first = dag.step(same, value={"text": "ü", "numbers": [1, 2.5, None, True]})
    workload = dag.build(out=dag.step(total, values=[first["numbers"], 1])["deep"][0])
    assert Workload.from_json(json.loads(json.dumps(workload.to_json()))) == workload


def test_order_is_restored_from_shuffled_json() -> None:
    data = data_of(("a", "b"), ("b", "c"))
    data["steps"].reverse()
    assert [step.id for step in Workload.from_json(data).steps] == ["a", "b", "c"]


def test_a_topological_order_is_kept() -> None:
    data = data_of(("c", "b"), ids="cab")
    assert [step.id for step in Workload.from_json(data).steps] == ["c", "a", "b"]


def test_a_cycle_is_reported_with_its_steps_in_their_direction() -> None:
    with pytest.raises(WiringError) as caught:
        Workload.from_json(data_of(("a", "b"), ("b", "c"), ("c", "a")))
    cycle = str(caught.value).partition(": ")[2].split(" -> ")
    assert cycle[0] == cycle[-1]
    assert set(itertools.pairwise(cycle)) == {("a", "b"), ("b", "c"), ("c", "a")}


def test_a_step_that_takes_its_own_result_is_a_cycle() -> None:
    with pytest.raises(WiringError, match="a -> a"):
        Workload.from_json(data_of(("a", "a")))


def test_duplicate_ids_are_refused() -> None:
    data = data_of()
    data["steps"].append(data["steps"][0])
    with pytest.raises(WiringError, match="'a' is used twice"):
        Workload.from_json(data)


def test_unknown_references_are_refused_with_both_names() -> None:
    data = data_of()
    data["steps"][1]["arguments"] = {"v": {"$ref": "nowhere"}}
    with pytest.raises(WiringError, match="'b' takes the result of unknown step 'nowhere'"):
        Workload.from_json(data)


def test_unknown_outputs_are_refused() -> None:
    data = data_of()
    data["outputs"]["out"] = {"$ref": "nowhere"}
    with pytest.raises(WiringError, match="output 'out' is the result of unknown step 'nowhere'"):
        Workload.from_json(data)


@st.composite
def workloads(draw: st.DrawFn) -> Workload:
    dag = Dag("d")
    refs: list[Ref] = []
    for _ in range(draw(st.integers(1, 12))):
        some = st.lists(st.sampled_from(refs), max_size=3) if refs else st.just([])
        refs.append(dag.step(total, values=draw(some)))
    return dag.build(out=draw(st.sampled_from(refs)))


@given(workloads(), st.integers(0, 100))
def test_any_graph_survives_json_and_shuffling(workload: Workload, seed: int) -> None:
    assert Workload.from_json(workload.to_json()) == workload
    again = Workload.from_json(shuffled(workload, seed))
    assert {step.id: step for step in again.steps} == {step.id: step for step in workload.steps}
    position = {step.id: i for i, step in enumerate(again.steps)}
    assert all(position[up] < position[s.id] for s in again.steps for up in s.upstreams)
