"""Execution of one step, as in every framework."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest

from harness.results.journal import read_events
from tests.unit import made_steps
from workloads import execute as executing
from workloads.codecs import CodecError
from workloads.dag import Dag, Ref, Step, Workload
from workloads.execute import call_of, execute, resolve, run_serially, shared_folder


def run(folder: Path, step: Step, inputs: dict[str, Any] | None = None) -> Any:
    call = call_of(step, str(folder / "events"), str(folder / "artifacts"))
    return execute(call, inputs or {})


def step_of(function: str, /, **arguments: Any) -> Step:
    return Step("s", f"tests.unit.made_steps:{function}", arguments)


def test_a_step_is_called_with_its_inputs_bound(tmp_path: Path) -> None:
    step = step_of("add", left=Ref("up", ("k", 0)).to_json(), right=2)
    assert run(tmp_path, step, {"up": {"k": [40]}}) == 42


def test_inputs_that_a_step_does_not_take_are_ignored(tmp_path: Path) -> None:
    assert run(tmp_path, step_of("one"), {"other": 5}) == 1


def test_a_call_is_plain_json(tmp_path: Path) -> None:
    step = step_of("add", left=Ref("up").to_json())
    assert call_of(step, "e", "a") == {
        "step": "s",
        "function": "tests.unit.made_steps:add",
        "arguments": {"left": {"$ref": "up", "path": []}},
        "events": "e",
        "artifacts": "a",
        "upstreams": ["up"],
    }


def test_an_attempt_is_recorded(tmp_path: Path) -> None:
    run(tmp_path, step_of("one"))
    (event,) = read_events(tmp_path / "events")
    assert (event.step, event.error) == ("s", None)
    assert event.end_ns is not None


def test_an_error_of_a_step_is_recorded_and_raised(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="on purpose"):
        run(tmp_path, step_of("fail", message="on purpose"))
    assert read_events(tmp_path / "events")[0].error == "ValueError: on purpose"


def test_a_result_that_cannot_travel_is_the_attempts_error(tmp_path: Path) -> None:
    with pytest.raises(CodecError, match="step 's'"):
        run(tmp_path, step_of("same", value={"$ref": "up"}), {"up": float("nan")})
    error = read_events(tmp_path / "events")[0].error
    assert error is not None
    assert error.startswith("CodecError")


def test_artifacts_arrive_as_values(tmp_path: Path) -> None:
    dag = Dag("d")
    data = dag.step(made_steps.make_bytes)
    workload = dag.build(size=dag.step(made_steps.size, data=data), data=data)
    results = run_serially(workload, str(tmp_path / "events"), str(tmp_path / "artifacts"))
    assert workload.select(results)["size"] == 3
    assert set(workload.select(results)["data"]) == {"$artifact"}


def test_steps_run_serially_in_their_order(tmp_path: Path) -> None:
    dag = Dag("d")
    first = dag.step(made_steps.one)
    workload = dag.build(out=dag.step(made_steps.add, left=first, right=dag.step(made_steps.one)))
    assert run_serially(workload, str(tmp_path), str(tmp_path))["add"] == 2
    assert [e.step for e in read_events(tmp_path)] == ["one", "one_2", "add"]


def test_the_shared_folder_is_below_the_artifact_root(tmp_path: Path) -> None:
    where = run(tmp_path, step_of("note_in", name="registry"))
    assert Path(where) == tmp_path / "artifacts" / "registry"
    assert (Path(where) / "note").read_text() == "noted"


def test_the_shared_folder_is_below_an_artifact_root_that_is_a_url() -> None:
    root = f"memory://{uuid.uuid4()}"
    note, after = step_of("note_in", name="r"), step_of("note_of", name="r", after="!")
    assert not Path(execute(call_of(note, "", root), {})).exists()
    assert execute(call_of(after, "", root), {}) == "noted!"


def test_a_shared_folder_outside_a_step_is_refused(tmp_path: Path) -> None:
    run(tmp_path, step_of("note_in", name="registry"))
    with pytest.raises(LookupError):
        shared_folder("registry")


def test_the_shared_folder_is_forgotten_after_a_failure(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no"):
        run(tmp_path, step_of("fail", message="no"))
    with pytest.raises(LookupError):
        shared_folder("registry")


def test_nested_functions_are_found() -> None:
    assert resolve("tests.unit.made_steps:Group.nested")() == 7


@pytest.mark.parametrize(
    ("target", "error"),
    [("no.such.module:f", ImportError), ("tests.unit.made_steps:missing", AttributeError)],
)
def test_a_missing_function_raises_before_an_attempt_is_recorded(
    tmp_path: Path, target: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        run(tmp_path, Step("s", target))
    assert read_events(tmp_path / "events") == []


def test_a_workload_read_from_json_runs(tmp_path: Path) -> None:
    data = {
        "name": "d",
        "steps": [
            {
                "id": "b",
                "function": "tests.unit.made_steps:add",
                "arguments": {"left": Ref("a").to_json(), "right": 1},
            },
            {"id": "a", "function": "tests.unit.made_steps:one", "arguments": {}},
        ],
        "outputs": {"out": Ref("b").to_json()},
    }
    workload = Workload.from_json(data)
    results = executing.run_serially(workload, str(tmp_path / "e"), str(tmp_path / "a"))
    assert workload.select(results) == {"out": 2}
