"""The functions that become tasks: flytekit takes them from the top level of modules only.

Values have types in Flyte, so each body has a function with the types of its result; its call
travels as JSON text.
"""

from __future__ import annotations

import json
from datetime import datetime

import flytekit
from flytekit.exceptions.user import FlyteRecoverableException

from adapters.probing import Call, Value, perform

#: Group and key of the secret.
SECRET = ("pipeline", "token")

#: What runs were told; local execution is in this process.
NOTED: list[str] = []


def said(call: Call) -> str:
    """A call as it travels."""
    return json.dumps(call)


def _done(call: str, **arguments: Value) -> Value:
    return perform(json.loads(call), **arguments)


def text(call: str) -> str:
    """A body that returns text."""
    return str(_done(call))


def number(call: str) -> int:
    """A body that returns a whole number."""
    return int(_done(call))


def real(call: str) -> float:
    """A body that returns a number."""
    return float(_done(call))


def after(call: str, previous: str) -> str:
    """A body that returns text, and comes after another."""
    return str(_done(call))


def after_real(call: str, previous: float) -> str:
    """The same, after one that returned a number."""
    return str(_done(call))


def numbers(call: str) -> list[int]:
    """A body that returns whole numbers."""
    return list(_done(call))


def with_value(call: str, value: int) -> int:
    """A body that is given a whole number as ``value``."""
    return int(_done(call, value=value))


def changed(call: str, value: int) -> int:
    """The same, otherwise written."""
    same = value
    return int(_done(call, value=same))


def with_values(call: str, values: list[int]) -> int:
    """A body that is given whole numbers as ``values``."""
    return int(_done(call, values=values))


def link(call: str, previous: int) -> int:
    """A link of a chain."""
    return int(_done(call, previous=previous))


def timed(call: str, index: int) -> float:
    """A body of which there are several; flytekit maps over a list."""
    return float(_done(call))


def recoverable(call: str) -> int:
    """A body whose errors Flyte is told to be worth another attempt."""
    try:
        return int(_done(call))
    except ValueError as error:
        raise FlyteRecoverableException(str(error)) from error


def dated(call: str, day: datetime) -> None:
    """A body that is told its day as ``word``."""
    NOTED.append(str(_done(call, word=day.date().isoformat())))


def secretive(call: str) -> str:
    """A body that is given the secret as ``text``."""
    return str(_done(call, text=flytekit.current_context().secrets.get(*SECRET)))
