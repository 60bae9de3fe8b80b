"""Body of a component: runs one step, in the process or the pod that kfp starts for it."""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Sequence
from pathlib import Path

from adapters.contract import Call, Value, execute
from adapters.probing import perform
from workloads.stores import store_of


def encoded(call: Call) -> str:
    """Return a call as a parameter: the local runner pastes text with quotes unescaped."""
    return base64.b64encode(json.dumps(call).encode()).decode()


def decoded(call: str) -> Call:
    """Return the call of a parameter."""
    return json.loads(base64.b64decode(call))  # type: ignore[no-any-return]  # it was a call


def reporting(call: Call, place: str, returned: bool) -> Call:
    """Return a call that also stores its error below ``place``, and its result if ``returned``.

    A client on another host reads them there with :func:`output_of` and :func:`error_of`.
    """
    return {**call, "place": place, "returned": returned}


def run_step(call: str, inputs: Sequence[str], result: str) -> None:
    """Run the step of an encoded ``call`` on files of its upstreams; write a file ``result``."""
    step = decoded(call)
    values = [json.loads(Path(each).read_text()) for each in inputs]
    try:
        value = execute(step, dict(zip(step["upstreams"], values, strict=True)))
    except Exception as error:
        if "place" in step:
            with contextlib.suppress(OSError):  # the step's own error matters more
                _store(step["place"], f"{step['step']}.error", f"{type(error).__name__}: {error}")
        raise
    text = json.dumps(value)
    Path(result).write_text(text)
    if step.get("returned"):
        _store(step["place"], f"{step['step']}.json", text)


def run_body(call: str, **arguments: Value) -> Value:
    """Run a probe's body of an encoded ``call``, recorded, and return its result."""
    return perform(decoded(call), **arguments)


def output_of(place: str, step: str) -> str:
    """Return the result of a step as JSON text. Raises ``OSError`` if it is not there."""
    store, path = store_of(f"{place}/{step}.json")
    return store.get(path).decode()


def error_of(place: str, step: str) -> str:
    """Return the error that a step raised; empty if it could not report one."""
    store, path = store_of(f"{place}/{step}.error")
    with contextlib.suppress(OSError):
        return store.get(path).decode()
    return ""


def _store(place: str, name: str, text: str) -> None:
    store, path = store_of(f"{place}/{name}")
    store.put(path, text.encode())
