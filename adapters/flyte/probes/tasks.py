"""Functions that become tasks; flytekit accepts only functions at the top level of a module.

Values have types in Flyte, so each body has a function with the types of its result; its call
travels as JSON text.
"""

from __future__ import annotations

import json
from datetime import datetime

import flytekit
from flytekit.exceptions.user import FlyteRecoverableException

from adapters.probing import Call, Value, perform

#: Group and key of the secret of the probe.
SECRET = ("pipeline", "token")

#: Results of runs, in their order; local execution is in this process.
NOTED: list[str] = []


def said(call: Call) -> str:
    """Return a call as the JSON text in which it travels."""
    return json.dumps(call)


def _done(call: str, **arguments: Value) -> Value:
    return perform(json.loads(call), **arguments)


def text(call: str) -> str:
    """Run a body that returns text."""
    return str(_done(call))


def number(call: str) -> int:
    """Run a body that returns a whole number."""
    return int(_done(call))


def real(call: str) -> float:
    """Run a body that returns a number."""
    return float(_done(call))


def after(call: str, previous: str) -> str:
    """Run a body that returns text, after one that returned text."""
    return str(_done(call))


def after_real(call: str, previous: float) -> str:
    """Run a body that returns text, after one that returned a number."""
    return str(_done(call))


def numbers(call: str) -> list[int]:
    """Run a body that returns whole numbers."""
    return list(_done(call))


def with_value(call: str, value: int) -> int:
    """Run a body that takes a whole number as ``value``."""
    return int(_done(call, value=value))


def changed(call: str, value: int) -> int:
    """Do the same as :func:`with_value`, with other source code."""
    same = value
    return int(_done(call, value=same))


def with_values(call: str, values: list[int]) -> int:
    """Run a body that takes whole numbers as ``values``."""
    return int(_done(call, values=values))


def link(call: str, previous: int) -> int:
    """Run one link of a chain."""
    return int(_done(call, previous=previous))


def timed(call: str, index: int) -> float:
    """Run a body once for each ``index`` of a list that flytekit maps over."""
    return float(_done(call))


def recoverable(call: str) -> int:
    """Run a body, and raise its ``ValueError`` as one that Flyte retries."""
    try:
        return int(_done(call))
    except ValueError as error:
        raise FlyteRecoverableException(str(error)) from error


def dated(call: str, day: datetime) -> None:
    """Run a body that takes its day as ``word``, and note the result."""
    NOTED.append(str(_done(call, word=day.date().isoformat())))


def secretive(call: str) -> str:
    """Run a body that takes the secret as ``text``."""
    return str(_done(call, text=flytekit.current_context().secrets.get(*SECRET)))
