"""Execution of one step, the same in every framework: decode, call, encode, all recorded.

An attempt lasts from before its inputs are read until its result is stored, because both are the
workload's own work; a framework's additions are outside of it.
"""

from __future__ import annotations

import contextvars
import importlib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from pathlib import Path
from typing import Any

from workloads import codecs
from workloads.dag import Step, Value, Workload, bind
from workloads.record import recorded
from workloads.stores import store_of

#: A step (its id under ``step``, the ids of its upstreams under ``upstreams``) and its places for
#: events and artifacts, as plain JSON for any framework's channel.
Call = dict[str, Any]

_artifacts: contextvars.ContextVar[str] = contextvars.ContextVar("artifacts")


def call_of(step: Step, events: str, artifacts: str) -> Call:
    """Return the call of ``step`` for :func:`execute`.

    ``events`` and ``artifacts`` are folders or URLs; without ``events`` nothing is recorded.
    """
    return {
        "step": step.id,
        "function": step.function,
        "arguments": dict(step.arguments),
        "upstreams": list(step.upstreams),
        "events": events,
        "artifacts": artifacts,
    }


def execute(call: Call, inputs: Mapping[str, Value]) -> Value:
    """Run one step on its upstreams' results (by step id) and return its result as JSON.

    Raises the step's own error, and :class:`~workloads.codecs.CodecError` for a result that
    cannot cross a step boundary.
    """
    function = resolve(call["function"])  # its import is not part of the step's time
    # Runs without a place for events measure the cost of recording itself.
    with recorded(call["events"], call["step"]) if call["events"] else nullcontext():
        token = _artifacts.set(call["artifacts"])
        try:
            arguments = codecs.decode(bind(call["arguments"], inputs))
            return codecs.encode(function(**arguments), call["artifacts"], call["step"])
        finally:
            _artifacts.reset(token)


def run_serially(workload: Workload, events: str, artifacts: str) -> dict[str, Value]:
    """Run all steps one after another in this process; return each step's result by its id."""
    results: dict[str, Value] = {}
    for step in workload.steps:
        results[step.id] = execute(call_of(step, events, artifacts), results)
    return results


def shared_folder(name: str) -> AbstractContextManager[Path]:
    """Return a context with a folder that all steps of this run share, on any host.

    Files that ``with shared_folder(name) as folder:`` writes can be read by later steps. If the
    artifact root is a URL, ``folder`` is a copy. Raises ``LookupError`` outside of a step.
    """
    store, path = store_of(f"{_artifacts.get()}/{name}")
    return store.folder(path)


@lru_cache(maxsize=1024)
def resolve(target: str) -> Callable[..., Any]:
    """Return the function named ``module:function``. Raises ImportError or AttributeError."""
    module, _, name = target.partition(":")
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found  # type: ignore[no-any-return]  # a workload names functions
