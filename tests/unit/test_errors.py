"""Errors shown to the user."""

from __future__ import annotations

import pytest

from harness import errors


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (errors.HarnessError, 1),
        (errors.UsageError, 2),
        (errors.EnvError, 3),
        (errors.AdapterError, 4),
        (errors.VerificationError, 5),
    ],
)
def test_each_error_has_its_exit_code(kind: type[errors.HarnessError], code: int) -> None:
    assert kind("what").exit_code == code
    assert issubclass(kind, errors.HarnessError)


def test_an_unknown_name_is_reported_with_the_nearest_and_all_known() -> None:
    error = errors.unknown("fruit", "aple", ["pear", "apple"])
    assert str(error) == "no fruit 'aple': did you mean 'apple'? known: pear, apple"
    assert isinstance(error, errors.UsageError)


def test_an_unknown_name_without_a_near_one_is_reported_with_all_known() -> None:
    assert str(errors.unknown("fruit", "x", iter(["pear"]))) == "no fruit 'x': known: pear"


def test_an_empty_list_of_known_names_is_reported_as_none() -> None:
    assert str(errors.unknown("fruit", "x", [])) == "no fruit 'x': known: none"
