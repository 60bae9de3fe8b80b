"""Suite of a run: workloads and their keys."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.model import WorkloadSpec
from harness.planning import suite
from harness.planning.profile import Profile
from harness.planning.suite import Suite
from harness.worker import build_workload
from tests.unit.made_plan import build, entry, suite_of
from workloads import patterns

CHAIN = patterns.chain(1)
VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.floats(0, 1e6)


def keys(*given: dict[str, Any]) -> list[str]:
    """Return the keys of a workload that was built with these parameters."""
    made = Suite([], {}, {})
    return made.added("mine:build", [(CHAIN, each) for each in given], list(given))


def test_a_key_names_the_workload_and_its_given_parameters() -> None:
    made = suite_of({"a": entry("growth", points=[{"steps": 3}, {"steps": 30}])})
    assert list(made.workloads) == ["chain-steps3", "chain-steps30"]
    assert made.questions[0].keys == ["chain-steps3", "chain-steps30"]
    assert made.specs["chain-steps30"].steps == 30
    assert made.specs["chain-steps30"].parameters == {
        **{"steps": 30, "body": "empty", "seconds": 0.0, "size": 0},
    }


def test_sizes_of_a_growth_have_to_ascend() -> None:
    with pytest.raises(UsageError, match=r"experiment a\.points: 3 comes after 30"):
        suite_of({"a": entry("growth", points=[{"steps": 30}, {"steps": 3}])})


def test_the_same_workload_has_the_same_key_in_every_experiment() -> None:
    same = {"steps": 3}
    made = suite_of({"a": entry("growth", points=[same]), "b": entry("latency", parameters=same)})
    assert [question.keys for question in made.questions] == [["chain-steps3"]] * 2
    assert len(made.workloads) == 1


def test_a_sweep_begins_with_an_empty_step() -> None:
    made = suite_of({"m": entry("metg", parameters={"steps": 2, "body": "spin"})})
    (key,) = made.questions[0].keys
    assert made.specs[key].parameters["body"] == "empty"


def test_controls_are_marked() -> None:
    made = suite_of({"a": entry("workload")}, controls={"n": entry("null")})
    assert [(question.name, question.control) for question in made.questions] == [
        ("a", False),
        ("n", True),
    ]


def test_characters_unfit_for_a_file_name_are_replaced() -> None:
    assert keys({"data": "../a b/ü.csv"}) == ["mine-build-data..-a-b-.csv"]


def test_keys_that_would_be_equal_are_numbered() -> None:
    assert keys({"p": "a/b"}, {"p": "a b"}, {"p": "a/b"}) == [
        "mine-build-pa-b",
        "mine-build-pa-b-2",
        "mine-build-pa-b",
    ]


@given(st.lists(st.dictionaries(st.text(max_size=30), VALUES, max_size=3), max_size=6))
def test_any_key_is_short_safe_and_of_one_workload(given_: list[dict[str, Any]]) -> None:
    made = keys(*given_)
    for key in made:
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]*", key)
        assert len(key) < 70
    specs = [WorkloadSpec("mine:build", each, 1) for each in given_]
    for key, spec in zip(made, specs, strict=True):
        assert [specs[i] for i, other in enumerate(made) if other == key] == [spec] * made.count(
            key
        )


@given(st.integers(0, 10**6), st.booleans(), st.floats(0, 1e4).map(lambda x: round(x, 9)))
def test_parameters_as_text_are_read_back_as_they_were(
    number: int, flag: bool, seconds: float
) -> None:
    def builder(number: int, flag: bool, seconds: float, name: str | None) -> None:
        """Stand for a user's builder."""

    # Types instead of texts: in this module the annotations are not evaluated.
    builder.__annotations__ = {"number": int, "flag": bool, "seconds": float, "name": str | None}
    values = {"number": number, "flag": flag, "seconds": seconds, "name": None}
    assert build_workload.parse(builder, suite.text(values)) == values


def test_a_short_time_is_written_without_an_exponent() -> None:
    assert suite.text({"a": 2e-6, "b": 1.0, "c": 3}) == {"a": "0.000002", "b": "1", "c": "3"}


def test_a_suite_may_be_added_to() -> None:
    first = suite.of(Profile("", experiments={"a": entry("workload")}), build)
    second = suite.of(Profile("", experiments={"b": entry("workload", "fan-out")}), build, first)
    assert list(second.workloads) == ["chain", "fan-out"]
