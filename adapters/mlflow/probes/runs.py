"""Helpers of all hooks: steps as nested runs, and runs found by name."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import mlflow

from adapters.probing import Call, Value, perform

_POLL_S = 0.1


def step(call: Call, **arguments: Value) -> Value:
    """Run one body in a run of its own, nested in the active one."""
    with mlflow.start_run(run_name=call["step"], nested=True):
        return perform(call, **arguments)


def found(name: str) -> Any:
    """Return the newest run of this name in the store; None without one."""
    runs: Any = mlflow.search_runs(
        filter_string=f"attributes.run_name = '{name}'",
        order_by=["attributes.start_time DESC"],
        output_format="list",
    )
    return runs[0] if runs else None


def state_of(name: str) -> str:
    """Return the state of the newest run of this name; empty without one."""
    run = found(name)
    return str(run.info.status) if run is not None else ""


def until(condition: Callable[[], bool], patience_s: float) -> bool:
    """Wait until ``condition()`` holds; return False if it does not within ``patience_s``."""
    end = time.monotonic() + patience_s
    while not (holds := condition()) and time.monotonic() < end:
        time.sleep(_POLL_S)
    return holds
