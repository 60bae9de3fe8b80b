"""Hooks about ends of runs: a crash, and a cancellation. The store keeps the record only."""

from __future__ import annotations

import threading
from typing import Any

import mlflow

from adapters.mlflow.probes.runs import found, state_of, step, until
from adapters.probing import ProbeContext, Value

_PATIENCE_S = 90.0


def durable(probe: ProbeContext) -> dict[str, Value]:
    """Resume the run's record by its id, if there is one; its steps are the program's to run."""
    old = found(probe.run_id) if probe.attempt > 1 else None
    value: Value = 0
    with mlflow.start_run(run_id=old and old.info.run_id, run_name=probe.run_id):
        for name in ("one", "two", "three", "four"):
            value = step(probe.call(name), previous=value)
    state = state_of(probe.run_id)
    # The record of a dead process says RUNNING, until somebody corrects it.
    answer: dict[str, Value] = {"state": "success" if state == "FINISHED" else state}
    return answer | ({"found": old.info.status} if old is not None else {})


def cancel(probe: ProbeContext) -> dict[str, Value]:
    """Set the run's state to ``KILLED``, MLflow's word for a run that was killed by a user."""

    def pipeline() -> None:
        with mlflow.start_run(run_name=probe.run_id):
            step(probe.call("slow"))
            step(probe.call("later"))

    thread = threading.Thread(target=pipeline, daemon=True)
    thread.start()
    probe.wait_for("slow")
    run: Any = found(probe.run_id)
    probe.mark("cancel")
    mlflow.MlflowClient().set_terminated(run.info.run_id, "KILLED")
    until(lambda: state_of(probe.run_id) == "KILLED", _PATIENCE_S)
    told = state_of(probe.run_id)
    thread.join(_PATIENCE_S)
    return {"told": told, "state": state_of(probe.run_id)}
