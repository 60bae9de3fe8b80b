"""Errors that a user sees."""

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
def test_each_error_owns_its_exit_code(kind: type[errors.HarnessError], code: int) -> None:
    assert kind("what").exit_code == code
    assert issubclass(kind, errors.HarnessError)


def test_an_unknown_name_gets_the_nearest_and_all_others() -> None:
    error = errors.unknown("fruit", "aple", ["pear", "apple"])
    assert str(error) == "no fruit 'aple': did you mean 'apple'? known: pear, apple"
    assert isinstance(error, errors.UsageError)


def test_an_unknown_name_like_no_other_gets_all_others() -> None:
    assert str(errors.unknown("fruit", "x", iter(["pear"]))) == "no fruit 'x': known: pear"


def test_where_there_is_nothing_the_message_says_so() -> None:
    assert str(errors.unknown("fruit", "x", [])) == "no fruit 'x': known: none"
