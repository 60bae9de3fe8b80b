"""Verification of a repetition: four conditions, each with its evidence."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from harness.execution import verify
from harness.results.journal import Event
from tests.unit.made_events import event, in_turn
from workloads import patterns
from workloads.dag import Artifact

CHAIN = patterns.chain(3)
OUTPUTS = {"value_1": 7}


def problems(
    events: list[Event] | None = None,
    outputs: Any = OUTPUTS,
    oracle: Any = OUTPUTS,
    count: int | None = None,
    tolerance: float = 0.0,
) -> list[str]:
    given = in_turn(CHAIN) if events is None else events
    return verify.problems(CHAIN, given, outputs, oracle, count, tolerance)


def differences(a: Any, b: Any, tolerance: float = 0.0) -> list[str]:
    return verify.differences(a, b, tolerance)


def test_a_repetition_without_problems_counts() -> None:
    assert problems() == []
    assert problems(count=3) == []


def test_1_other_outputs_do_not_count() -> None:
    assert problems(outputs={"value_1": 8}) == ["output.value_1 is 8, the oracle's 7"]


@pytest.mark.parametrize("outputs", [{}, {"other": 7}, {"value_1": 7, "more": 1}])
def test_1_outputs_have_to_be_those_that_were_asked_for(outputs: dict[str, int]) -> None:
    assert problems(outputs=outputs) == [f"returned {sorted(outputs)}, not ['value_1']"]


def test_1_outputs_without_an_oracle_do_not_count() -> None:
    assert problems(oracle={}) == ["output.value_1 is not in the oracle"]


def test_2_a_step_that_never_ran() -> None:
    assert problems(in_turn(CHAIN)[:2]) == ["step s3 never ran"]


def test_2_a_step_that_ran_twice() -> None:
    again = replace(in_turn(CHAIN)[2], attempt=2)
    assert problems([*in_turn(CHAIN), again]) == ["step s3 ran 2 times"]


def test_2_a_step_that_failed_and_was_tried_again_ran_twice() -> None:
    events = in_turn(CHAIN)
    first = event("s3", 16, 17, "ValueError: no")
    assert problems([*events, first]) == ["step s3 ran 2 times"]


def test_2_a_step_that_never_ended() -> None:
    events = [*in_turn(CHAIN)[:2], event("s3", 20, None)]
    assert problems(events) == ["step s3 started and never ended"]


def test_2_a_step_that_failed_in_a_run_that_claims_success() -> None:
    events = [*in_turn(CHAIN)[:2], event("s3", 20, 25, "ValueError: no")]
    assert problems(events) == ["step s3 failed (ValueError: no) and the run claims success"]


def test_2_a_step_of_another_workload() -> None:
    found = problems([*in_turn(CHAIN), event("stranger", 1, 2)])
    assert found == ["step stranger ran, but is not in the workload"]


def test_2_more_of_the_same_is_counted() -> None:
    wide = patterns.fan_out(9)
    found = verify.executions(wide, [])
    assert found[:3] == ["step s1 never ran", "step s2 never ran", "step s3 never ran"]
    assert found[3:] == ["and 7 more like these"]


def test_3_a_step_that_started_too_early() -> None:
    events = [event("s1", 0, 5_000_000), event("s2", 2_000_000, 6_000_000)]
    found = problems([*events, event("s3", 6_000_000, 7_000_000)])
    assert found == ["step s2 started 3.000 ms before s1 ended"]


def test_3_a_start_at_the_very_end_of_the_upstream_is_in_order() -> None:
    assert problems([event("s1", 0, 5), event("s2", 5, 6), event("s3", 6, 7)]) == []


def test_3_every_upstream_counts() -> None:
    workload = patterns.fan_in(3)
    events = [event("s1", 0, 5), event("s2", 0, 9), event("s3", 0, 4), event("s4", 8, 10)]
    (found,) = verify.order(workload, events)
    assert "s4 started" in found
    assert "before s2 ended" in found


@pytest.mark.parametrize("count", [0, 2, 4])
def test_4_an_engine_with_another_count(count: int) -> None:
    (found,) = problems(count=count)
    assert f"counts {count} successful step executions" in found


def test_all_conditions_are_reported_together() -> None:
    found = problems(in_turn(CHAIN)[:2], {"value_1": 8}, count=1)
    assert [text.partition(" ")[0] for text in found] == ["step", "the", "output.value_1"]


@pytest.mark.parametrize("value", [None, True, 0, 1.5, "ü", [], {}, [1, {"a": [None]}]])
def test_equal_values_do_not_differ(value: Any) -> None:
    assert differences(value, value) == []


@pytest.mark.parametrize(
    ("oracle", "found"),
    [(True, 1), (1, True), (False, 0), (1, 1.0), ("1", 1), (None, 0), (None, False), ([], {})],
)
@pytest.mark.parametrize("tolerance", [0.0])
def test_values_of_another_type_differ(oracle: Any, found: Any, tolerance: float) -> None:
    assert len(differences([oracle], [found], tolerance)) == 1


@pytest.mark.parametrize(("oracle", "found"), [(True, 1), (0, False), ("1", 1), (None, 0)])
def test_tolerance_is_for_numbers_only(oracle: Any, found: Any) -> None:
    assert len(differences([oracle], [found], 0.5)) == 1


@pytest.mark.parametrize(
    ("oracle", "found", "equal"),
    [
        (1.0, 1.0 + 1e-7, True),
        (1.0, 1.0 + 1e-5, False),
        (1e9, 1e9 + 100, True),
        (1e9, 1e9 + 10_000, False),
        (1, 1.0, True),
        (0.0, 1e-12, False),
        (-1.0, 1.0, False),
    ],
)
def test_tolerance_is_relative(oracle: float, found: float, equal: bool) -> None:
    assert (differences(oracle, found, 1e-6) == []) is equal


def test_without_tolerance_the_last_bit_counts() -> None:
    assert len(differences(0.3, 0.1 + 0.2)) == 1


def test_a_difference_names_its_place() -> None:
    assert differences({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}) == [
        "output.a[1].b is 3, the oracle's 2"
    ]


def test_lists_of_other_lengths_differ() -> None:
    assert differences([1, 2], [1]) == ["output has 1 items, the oracle's 2"]


def test_keys_on_either_side_count() -> None:
    assert differences({"a": 1, "b": 1}, {"b": 1, "c": 1}) == [
        "output.a is missing",
        "output.c is not in the oracle",
    ]


def test_long_values_are_cut() -> None:
    (found,) = differences("x" * 500, "y")
    assert len(found) < 150


def test_many_differences_are_counted() -> None:
    assert differences(list(range(9)), [0] * 9)[3:] == ["and 5 more like these"]


def artifact(uri: str, digest: str, codec: str = "npy") -> dict[str, Any]:
    return Artifact(uri, digest, 3, codec).to_json()


def test_artifacts_are_equal_by_content_wherever_they_lie() -> None:
    assert differences({"m": artifact("/a", "00")}, {"m": artifact("/b", "00")}) == []


def test_artifacts_of_other_content_differ() -> None:
    found = differences({"m": artifact("/a", "00")}, {"m": artifact("/a", "01")})
    assert found == ["output.m: the artifact's content differs"]


@pytest.mark.parametrize(
    ("codec", "other", "compared"),
    [
        ("npy", "npy", False),
        ("skops", "skops", False),
        ("bytes", "bytes", True),
        ("npy", "x", True),
    ],
)
def test_artifacts_that_depend_on_last_bits_are_not_compared_with_a_tolerance(
    codec: str, other: str, compared: bool
) -> None:
    mine, theirs = artifact("/a", "00", codec), artifact("/a", "01", other)
    assert bool(differences(mine, theirs, 1e-9)) is compared


@pytest.mark.parametrize(
    ("oracle", "found", "tolerance", "equal"),
    [
        ("0a" * 32, "0b" * 32, 1e-9, True),
        ("0a" * 32, "0b" * 32, 0.0, False),
        ("0a" * 32, "churn", 1e-9, False),
        ("no digest", "not one either", 1e-9, False),
        ("0a" * 33, "0b" * 33, 1e-9, False),
    ],
)
def test_digests_are_not_compared_with_a_tolerance(
    oracle: str, found: str, tolerance: float, equal: bool
) -> None:
    assert (differences(oracle, found, tolerance) == []) is equal


def test_an_artifact_differs_from_a_value() -> None:
    assert differences({"m": artifact("/a", "00")}, {"m": 3}) != []
    assert differences({"m": artifact("/a", "00")}, {"m": {}}) != []
