"""What goes in and comes out: types, parameters, secrets, logs, pages."""

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
    """Annotated tasks; a result is an XCom, which has no type."""
    state = run(probe, annotated_dag).state
    return {"rejected": "never" if state == "success" else "run", "error": state}


def annotated_dag(probe: ProbeContext) -> list[DAG]:
    """A producer of a whole number, and one of text, each feed a consumer of whole numbers."""
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
    """A ``Param`` with a JSON schema."""
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
    """A DAG with a whole number as its parameter."""
    with pipeline(probe, params={"number": Param(1, type="integer")}) as dag:

        @task
        def consumer() -> None:
            number = get_current_context()["params"]["number"]
            perform(probe.call("consumer"), value=number)

        consumer()
    return [dag]


def secrets(probe: ProbeContext) -> dict[str, Value]:
    """A variable, which the metadata database holds encrypted."""
    key, secret = f"{probe.run_id}-secret", probe.settings["secret"]
    if probe.mode == "inprocess":
        from adapters.airflow.probes import dag_test  # as in backends

        dag_test.keep(key, secret)
        return {"digest": run(probe, secret_dag).result("use")}
    api = api_of(probe.context)
    api.send("POST", "/api/v2/variables", {"key": key, "value": secret})
    digest = run(probe, secret_dag).result("use")
    task_ = f"/api/v2/dags/{probe.run_id}/dagRuns/{probe.run_id}/taskInstances/use"
    places = ("/api/v2/variables", task_, f"{task_}/logs/1", f"{task_}/xcomEntries")
    return {"digest": digest, "pages": {place: json.dumps(api.get(place)) for place in places}}


def secret_dag(probe: ProbeContext) -> list[DAG]:
    """A task that fetches the variable when it runs."""
    with pipeline(probe) as dag:

        @task
        def use() -> Value:
            return perform(probe.call("use"), text=Variable.get(f"{probe.run_id}-secret"))

        use()
    return [dag]


def step_logs(probe: ProbeContext) -> dict[str, Value]:
    """The log of the task instance."""
    run(probe, logging_dag)
    place = f"/api/v2/dags/{probe.run_id}/dagRuns/{probe.run_id}/taskInstances/shout/logs/1"
    return {"text": json.dumps(api_of(probe.context).get(place, full_content=True)["content"])}


def logging_dag(probe: ProbeContext) -> list[DAG]:
    """One task that prints and logs."""
    with pipeline(probe) as dag:
        step(probe, "shout")()
    return [dag]


def user_interface(probe: ProbeContext) -> dict[str, Value]:
    """The page, and the runs of its grid."""
    run(probe, seen_dag)
    api = api_of(probe.context)
    page = httpx.get(api.url, trust_env=False)
    grid: Any = api.get(f"/ui/grid/runs/{probe.run_id}")
    shown = [each["run_id"] for each in grid if each["run_id"] == probe.run_id]
    kind = page.headers.get("content-type", "")
    return {"status": page.status_code, "kind": kind, "run": next(iter(shown), None)}


def seen_dag(probe: ProbeContext) -> list[DAG]:
    """One task."""
    with pipeline(probe) as dag:
        step(probe, "step")()
    return [dag]


def api_auth(probe: ProbeContext) -> dict[str, Value]:
    """The list of all runs, without a token and with one."""
    api, place = api_of(probe.context), "/api/v2/dags/~/dagRuns"
    without = httpx.get(f"{api.url}{place}", trust_env=False)
    api.get(place)  # raises for any answer but 200
    return {"without": without.status_code, "with": 200}
