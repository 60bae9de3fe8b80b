"""Run one step, the same way in every framework: decode, call, encode, all of it recorded.

An attempt lasts from before its inputs are read until its result is stored, because both are the
workload's own work; what a framework adds lies outside.
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

#: A step and where its events and artifacts go, as plain JSON: it passes through any framework.
Call = dict[str, Any]

_artifacts: contextvars.ContextVar[str] = contextvars.ContextVar("artifacts")


def call_of(step: Step, events: str, artifacts: str) -> Call:
    """What :func:`execute` needs to know to run ``step``."""
    return {
        "step": step.id,
        "function": step.function,
        "arguments": dict(step.arguments),
        "events": events,
        "artifacts": artifacts,
    }


def execute(call: Call, inputs: Mapping[str, Value]) -> Value:
    """Run one step on its upstreams' results (by step id) and return its result as JSON.

    Raises what the step raises, and :class:`~workloads.codecs.CodecError` for a result that
    cannot cross a step boundary.
    """
    function = resolve(call["function"])  # its import is no part of the step's time
    # Without a place for events nothing is recorded, which tells what recording itself costs.
    with recorded(call["events"], call["step"]) if call["events"] else nullcontext():
        token = _artifacts.set(call["artifacts"])
        try:
            arguments = codecs.decode(bind(call["arguments"], inputs))
            return codecs.encode(function(**arguments), call["artifacts"], call["step"])
        finally:
            _artifacts.reset(token)


def run_serially(workload: Workload, events: str, artifacts: str) -> dict[str, Value]:
    """Run all steps one after another in this process; returns every step's result by id."""
    results: dict[str, Value] = {}
    for step in workload.steps:
        results[step.id] = execute(call_of(step, events, artifacts), results)
    return results


def shared_folder(name: str) -> AbstractContextManager[Path]:
    """A folder that all steps of this run share, wherever they run. Only inside a step.

    What ``with shared_folder(name) as folder:`` writes there is there for later steps, and what
    earlier ones wrote can be read; where artifacts lie elsewhere, ``folder`` is a copy.
    """
    store, path = store_of(f"{_artifacts.get()}/{name}")
    return store.folder(path)


@lru_cache(maxsize=1024)
def resolve(target: str) -> Callable[..., Any]:
    """The function behind ``module:function``. Raises ImportError or AttributeError."""
    module, _, name = target.partition(":")
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found  # type: ignore[no-any-return]  # a workload names functions
