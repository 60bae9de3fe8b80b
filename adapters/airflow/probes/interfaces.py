"""Hooks about interfaces: types, parameters, secrets, logs, pages and the API."""

from __future__ import annotations

import json
from typing import Any

import httpx
from airflow.sdk import DAG, Param, Variable, get_current_context, task

from adapters.airflow.probes.backends import run
from adapters.airflow.probes.dags import pipeline, step
from adapters.airflow.probes.deployed import finish, put, start
from adapters.airflow.server import api_of
from adapters.probing import ProbeContext, Value, perform


def type_mismatch(probe: ProbeContext) -> dict[str, Value]:
    """Connect annotated tasks; a result is an XCom, which does not have a type."""
    state = run(probe, annotated_dag).state
    return {"rejected": "never" if state == "success" else "run", "error": state}


def annotated_dag(probe: ProbeContext) -> list[DAG]:
    """Return a DAG in which a whole number, then a text, goes to a consumer of whole numbers."""
    with pipeline(probe) as dag:

        @task
        def number() -> int:
            return int(perform(probe.call("number")))

        @task
        def producer() -> str:
            return str(perform(probe.call("producer")))

        @task
        def consumer(value: int, body: str = "consumer") -> None:
            perform(probe.call(body), value=value)

        consumer.override(task_id="control")(number(), "control")
        consumer(producer())
    return [dag]


def bad_parameter(probe: ProbeContext) -> dict[str, Value]:
    """Pass a right and a wrong value for a ``Param`` with a JSON schema."""
    _run_with(probe, probe.settings["right"])
    probe.mark("wrong")
    try:
        _run_with(probe, probe.settings["wrong"])
    except httpx.HTTPStatusError as error:
        return {"rejected": True, "error": f"{error.response.status_code} {error.response.text}"}
    except ValueError as error:
        return {"rejected": True, "error": f"{type(error).__name__}: {error}"}
    return {"rejected": False}


def _run_with(probe: ProbeContext, number: Value) -> None:
    conf = {"number": number}
    if probe.mode == "inprocess":
        run(probe, parameter_dag, conf)
        return
    (dag,) = put(probe, parameter_dag)
    name = f"{probe.run_id}-{number}"
    start(probe, dag, conf, name)
    finish(probe, dag, name)


def parameter_dag(probe: ProbeContext) -> list[DAG]:
    """Return a DAG with a whole number as its parameter."""
    with pipeline(probe, params={"number": Param(1, type="integer")}) as dag:

        @task
        def consumer() -> None:
            number = get_current_context()["params"]["number"]
            perform(probe.call("consumer"), value=number)

        consumer()
    return [dag]


def secrets(probe: ProbeContext) -> dict[str, Value]:
    """Store the secret as a variable, which the metadata database holds encrypted."""
    key, secret = f"{probe.run_id}-secret", probe.settings["secret"]
    if probe.mode == "inprocess":
        from adapters.airflow.probes import dag_test  # here for the reason in backends.py

        dag_test.keep(key, secret)
        return {"digest": run(probe, secret_dag).result("use")}
    api = api_of(probe.context)
    api.send("POST", "/api/v2/variables", {"key": key, "value": secret})
    digest = run(probe, secret_dag).result("use")
    task_ = f"/api/v2/dags/{probe.run_id}/dagRuns/{probe.run_id}/taskInstances/use"
    places = ("/api/v2/variables", task_, f"{task_}/logs/1", f"{task_}/xcomEntries")
    return {"digest": digest, "pages": {place: json.dumps(api.get(place)) for place in places}}


def secret_dag(probe: ProbeContext) -> list[DAG]:
    """Return a DAG whose task reads the variable when it runs."""
    with pipeline(probe) as dag:

        @task
        def use() -> Value:
            return perform(probe.call("use"), text=Variable.get(f"{probe.run_id}-secret"))

        use()
    return [dag]


def step_logs(probe: ProbeContext) -> dict[str, Value]:
    """Read the log of the task instance."""
    run(probe, logging_dag)
    place = f"/api/v2/dags/{probe.run_id}/dagRuns/{probe.run_id}/taskInstances/shout/logs/1"
    return {"text": json.dumps(api_of(probe.context).get(place, full_content=True)["content"])}


def logging_dag(probe: ProbeContext) -> list[DAG]:
    """Return a DAG with one task that prints and logs."""
    with pipeline(probe) as dag:
        step(probe, "shout")()
    return [dag]


def user_interface(probe: ProbeContext) -> dict[str, Value]:
    """Get the start page and the runs in its grid."""
    run(probe, seen_dag)
    api = api_of(probe.context)
    page = httpx.get(api.url, trust_env=False)
    grid: Any = api.get(f"/ui/grid/runs/{probe.run_id}")
    shown = [each["run_id"] for each in grid if each["run_id"] == probe.run_id]
    kind = page.headers.get("content-type", "")
    return {"status": page.status_code, "kind": kind, "run": next(iter(shown), None)}


def seen_dag(probe: ProbeContext) -> list[DAG]:
    """Return a DAG with one task."""
    with pipeline(probe) as dag:
        step(probe, "step")()
    return [dag]


def api_auth(probe: ProbeContext) -> dict[str, Value]:
    """Request the list of all runs without a token and with one."""
    api, place = api_of(probe.context), "/api/v2/dags/~/dagRuns"
    without = httpx.get(f"{api.url}{place}", trust_env=False)
    api.get(place)  # raises unless the answer is a success
    return {"without": without.status_code, "with": 200}
