"""Hooks about control flow: that of the user's program, recorded as nested runs."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import mlflow

from adapters.mlflow.probes.runs import found, state_of, step
from adapters.probing import ProbeContext, Value


def dynamic_fan_out(probe: ProbeContext) -> dict[str, Value]:
    """Loop over the result, with a nested run for each element."""
    with mlflow.start_run(run_name=probe.run_id):
        values: Any = step(probe.call("source"))
        squares = [step(probe.call("square"), value=value) for value in values]
        return {"total": step(probe.call("total"), values=squares)}


def branch(probe: ProbeContext) -> dict[str, Value]:
    """Branch by ``if``; only the chosen step has a run."""
    with mlflow.start_run(run_name=probe.run_id):
        step(probe.call("left" if step(probe.call("decide")) == "left" else "right"))
        step(probe.call("join"))
    return {}


def loop(probe: ProbeContext) -> dict[str, Value]:
    """Repeat by ``while``, with a nested run for each round."""
    with mlflow.start_run(run_name=probe.run_id):
        while step(probe.call("counter")) != 3:
            pass
    return {}


def sub_workflow(probe: ProbeContext) -> dict[str, Value]:
    """Nest runs twice: the child is a run with runs of its own below it."""
    name = f"{probe.run_id}-child"
    with mlflow.start_run(run_name=probe.run_id) as parent:
        step(probe.call("before"))
        with mlflow.start_run(run_name=name, nested=True):
            step(probe.call("inner_1"))
            step(probe.call("inner_2"))
        step(probe.call("after"))
    child = found(name)
    below = child.data.tags.get("mlflow.parentRunId") == parent.info.run_id
    return {"child": f"run {child.info.run_name}" if below else None}


def partial_failure(probe: ProbeContext) -> dict[str, Value]:
    """Run one step after another, the failing one first: its error leaves both runs as failed."""
    with suppress(ValueError), mlflow.start_run(run_name=probe.run_id):
        step(probe.call("after_bad"), word=step(probe.call("bad")))
        step(probe.call("good"))
        step(probe.call("after_good"))
    state = state_of(probe.run_id)
    return {"failed": state == "FAILED", "state": state}


def fail_fast(probe: ProbeContext) -> dict[str, Value]:
    """Let the error end the block of the run, which then counts as failed."""
    with suppress(ValueError), mlflow.start_run(run_name=probe.run_id):
        step(probe.call("bad"))
        step(probe.call("slow"))
        step(probe.call("later"))
    return {"state": state_of(probe.run_id)}
