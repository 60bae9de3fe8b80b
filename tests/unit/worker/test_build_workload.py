"""User's builder: found, called with its parameters, and its errors passed on."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from harness import wire
from harness.worker import build_workload
from tests.unit import made_builders
from workloads.dag import ParameterError, Workload


def parse(builder: Any, **raw: str) -> dict[str, Any]:
    return build_workload.parse(builder, raw)


def refusal(builder: Any, **raw: str) -> str:
    with pytest.raises(ParameterError) as caught:
        parse(builder, **raw)
    return str(caught.value)


def test_no_parameters_leave_the_defaults() -> None:
    assert parse(made_builders.plain) == {}


@pytest.mark.parametrize(
    ("builder", "name", "text", "expected"),
    [
        (made_builders.plain, "rows", "12", 12),
        (made_builders.plain, "rows", "-1", -1),
        (made_builders.plain, "share", "0.25", 0.25),
        (made_builders.plain, "share", "2", 2.0),
        (made_builders.plain, "share", "1e-3", 0.001),
        (made_builders.plain, "fast", "true", True),
        (made_builders.plain, "fast", "True", True),
        (made_builders.plain, "fast", "FALSE", False),
        (made_builders.named, "path", "data.csv", "data.csv"),
        (made_builders.named, "path", "12", "12"),
        (made_builders.named, "path", "none", None),
        (made_builders.named, "path", "", ""),
        (made_builders.named, "limit", "None", None),
        (made_builders.named, "limit", "null", None),
        (made_builders.named, "limit", "7", 7),
        (made_builders.named, "old", "7", 7.0),
        (made_builders.named, "old", "none", None),
        (made_builders.loose, "whatever", "5", 5),
        (made_builders.loose, "whatever", "free text", "free text"),
        (made_builders.loose, "items", "[1, 2]", [1, 2]),
        (made_builders.loose, "table", '{"a": 1}', {"a": 1}),
    ],
)
def test_text_is_converted_to_the_annotated_type(
    builder: Any, name: str, text: str, expected: Any
) -> None:
    required = {"anything": "1"} if builder is made_builders.loose else {}
    parsed = parse(builder, **required, **{name: text})[name]
    assert parsed == expected
    assert type(parsed) is type(expected)


def test_a_parameter_without_annotation_takes_any_value() -> None:
    assert parse(made_builders.loose, anything="[1]") == {"anything": [1]}
    assert parse(made_builders.loose, anything="a b") == {"anything": "a b"}


@pytest.mark.parametrize(
    ("builder", "name", "text", "wanted"),
    [
        (made_builders.plain, "rows", "many", "int"),
        (made_builders.plain, "rows", "1.5", "int"),
        (made_builders.plain, "rows", "true", "int"),
        (made_builders.plain, "rows", "", "int"),
        (made_builders.plain, "rows", "none", "int"),
        (made_builders.plain, "share", "half", "float"),
        (made_builders.plain, "share", "true", "float"),
        (made_builders.plain, "fast", "1", "bool"),
        (made_builders.plain, "fast", "yes", "bool"),
        (made_builders.named, "limit", "all", "int"),
        (made_builders.loose, "items", '{"a": 1}', "list"),
    ],
)
def test_a_wrong_type_is_refused_with_the_right_one(
    builder: Any, name: str, text: str, wanted: str
) -> None:
    assert refusal(builder, **{name: text}) == f"parameter {name!r} takes {wanted}, not {text!r}"


def test_infinity_is_a_float_which_the_builder_may_refuse() -> None:
    assert math.isinf(parse(made_builders.plain, share="Infinity")["share"])


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    message = refusal(made_builders.plain, row="5")
    assert message == "no parameter 'row': did you mean 'rows'? known: rows, share, fast"


def test_an_unknown_name_without_a_near_one_lists_the_known_ones() -> None:
    assert refusal(made_builders.plain, xyz="5") == "no parameter 'xyz': known: rows, share, fast"
    assert refusal(made_builders.broken, xyz="5") == "no parameter 'xyz': known: none"


def test_a_parameter_without_default_is_required() -> None:
    assert "'rows' has no default: --param rows=" in refusal(made_builders.demanding)
    assert "'name' has no default: --param name=" in refusal(made_builders.demanding, rows="1")
    assert parse(made_builders.demanding, rows="1", name="n") == {"rows": 1, "name": "n"}


def test_a_builder_is_found() -> None:
    assert build_workload.find("tests.unit.made_builders:plain") is made_builders.plain


def test_a_missing_function_is_refused_with_the_nearest() -> None:
    with pytest.raises(ParameterError, match="no function 'plane'; did you mean 'plain'"):
        build_workload.find("tests.unit.made_builders:plane")


def test_an_object_that_is_not_callable_is_refused() -> None:
    with pytest.raises(ParameterError, match="no function 'CONSTANT'"):
        build_workload.find("tests.unit.made_builders:CONSTANT")


@pytest.mark.parametrize("name", ["no_such_module", "no_such.module", "tests.unit.no_such"])
def test_a_missing_module_is_named(name: str) -> None:
    with pytest.raises(ParameterError, match=f"no module '{name}' here"):
        build_workload.find(f"{name}:f")


@pytest.mark.parametrize("missing", ["nowhere_lib", "needy", "need"])
def test_a_missing_library_of_a_module_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "needy_workload.py").write_text(f"import {missing}\n")
    with pytest.raises(ParameterError, match=f"needs '{missing}'.*--requirements"):
        build_workload.find("needy_workload:f")


def response_to(folder: Path, builder: str, *parameters: dict[str, str]) -> wire.BlueprintResponse:
    request = wire.BlueprintRequest(f"tests.unit.made_builders:{builder}", [*parameters])
    wire.write(folder / wire.REQUEST, request)
    code = build_workload.main(folder)
    response = wire.read(wire.BlueprintResponse, folder / wire.RESPONSE)
    assert code == (0 if response.error is None else 1)
    return response


def test_a_built_workload_comes_back_with_all_its_parameters(tmp_path: Path) -> None:
    (built,) = response_to(tmp_path, "plain", {"rows": "9"}).built
    assert built.parameters == {"rows": 9, "share": 0.5, "fast": False}
    assert Workload.from_json(built.workload) == made_builders.plain()


def test_a_workload_is_built_once_per_parameter_set_in_order(tmp_path: Path) -> None:
    response = response_to(tmp_path, "plain", {"rows": "9"}, {}, {"rows": "2"})
    assert [built.parameters["rows"] for built in response.built] == [9, 5, 2]
    assert response_to(tmp_path, "plain").built == []


@pytest.mark.parametrize(
    ("builder", "words"),
    [
        ("refusing", "rows=1: give more"),
        ("returns_nothing", "returned a value of type NoneType; return dag.build(name=reference)"),
        ("broken", "tests.unit.made_builders:broken raised KeyError: 'oops'"),
        ("missing", "no function 'missing'"),
    ],
)
def test_a_failure_is_returned_as_the_error(tmp_path: Path, builder: str, words: str) -> None:
    response = response_to(tmp_path, builder, {})
    assert response.built == []
    assert response.error is not None
    assert words in response.error


def test_the_first_failing_set_is_returned_as_the_error(tmp_path: Path) -> None:
    response = response_to(tmp_path, "plain", {}, {"rows": "many"}, {"share": "half"})
    assert response.error == "parameter 'rows' takes int, not 'many'"


def test_parameters_in_the_response_are_json(tmp_path: Path) -> None:
    (built,) = response_to(tmp_path, "loose", {"anything": "1", "items": "[1, 2]"}).built
    assert json.loads(json.dumps(built.parameters))["items"] == [1, 2]
