"""Chain of tasks that can survive a crash, and the user's action after one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
from airflow.sdk import DAG, get_current_context, task

from adapters.airflow.probes.dags import place, until
from adapters.airflow.probes.deployed import ENDS
from adapters.airflow.server import api_of
from adapters.probing import ProbeContext, Value, perform

_DAG = "durable"
_FILE = """\
from adapters.airflow.probes.faults import chain_dag

dag = chain_dag()  # of Airflow
"""
_NONE = "no such run"
_ALIVE = ("queued", "running", "success")
_STEPS = ("one", "two", "three", "four")
#: Longer than an API server takes to restart, while a task would use up its tries; Airflow's
#: default is five minutes.
_OPTIONS = {"retries": 2, "retry_delay": timedelta(seconds=10)}


def chain_dag() -> DAG:
    """Return the one DAG of all runs; a run's configuration holds its bodies by name."""

    def link(name: str, previous: Value) -> Value:
        return perform(get_current_context()["dag_run"].conf[name], previous=previous)

    with DAG(_DAG, schedule=None, catchup=False) as dag:
        value: Any = 0
        for name in _STEPS:
            value = task(task_id=name, **_OPTIONS)(link)(name, value)
    return dag


def durable(probe: ProbeContext) -> dict[str, Value]:
    """Run tasks with retries; the metadata database keeps the run. Clear it if it failed."""
    place(probe.context, _DAG, _FILE)
    if probe.mode == "inprocess":  # dag.test() has no access to an earlier run: it starts a new one
        from adapters.airflow.probes import dag_test  # here for the reason in backends.py

        return {"state": dag_test.test(chain_dag(), probe.bodies).state}
    api = api_of(probe.context)
    found = until(lambda: _state(probe))
    if found == _NONE:
        until(lambda: _knows(probe))
        until(lambda: _started(probe))
    elif found == "failed":
        clear = {"dry_run": False, "only_failed": True}
        where = f"/api/v2/dags/{_DAG}/dagRuns/{probe.run_id}/clear"
        until(lambda: api.send("POST", where, clear))
    state = until(lambda: _state(probe) in ENDS and _state(probe))
    return {"state": state, "found": found, "alone": found in _ALIVE}


def _state(probe: ProbeContext) -> str:
    """Return the run's state, :data:`_NONE` without such a run, "" without an answer."""
    try:
        return str(api_of(probe.context).state(_DAG, probe.run_id))
    except httpx.HTTPStatusError as error:
        return _NONE if error.response.status_code == httpx.codes.NOT_FOUND else ""
    except httpx.TransportError:
        return ""


def _knows(probe: ProbeContext) -> bool:
    try:
        return bool(api_of(probe.context).knows(_DAG))
    except httpx.HTTPError:
        return False


def _started(probe: ProbeContext) -> bool:
    """Start the run and return whether it exists; False if the server does not answer."""
    try:
        api_of(probe.context).start(_DAG, probe.run_id, probe.bodies)
    except httpx.HTTPStatusError as error:
        return bool(error.response.status_code == httpx.codes.CONFLICT)
    except httpx.TransportError:
        return False
    return True
