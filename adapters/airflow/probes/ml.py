"""Hooks about machine learning: run configurations, and events of assets."""

from __future__ import annotations

from typing import Any

from airflow.sdk import DAG, Asset, get_current_context, task

from adapters.airflow.probes.backends import run
from adapters.airflow.probes.dags import pipeline
from adapters.airflow.server import api_of
from adapters.probing import ProbeContext, Value, perform


def tracking(probe: ProbeContext) -> dict[str, Value]:
    """Record parameters as the run's configuration, metrics in an event of its asset."""
    run(probe, experiment_dag, probe.settings["parameters"])
    if probe.mode == "inprocess":
        told = run(probe, reading_dag).result("read")
        return {name: told[name] for name in ("parameters", "metrics")}
    api = api_of(probe.context)
    kept = api.get(f"/api/v2/dags/{probe.run_id}/dagRuns/{probe.run_id}")
    events = api.get("/api/v2/assets/events", source_run_id=probe.run_id)["asset_events"]
    return {"parameters": kept["conf"], "metrics": events[0]["extra"]}


def experiment_dag(probe: ProbeContext) -> list[DAG]:
    """Return a DAG whose task makes a model and attaches metrics to its event."""
    model = Asset(f"{probe.run_id}-model")
    with pipeline(probe, params=dict.fromkeys(probe.settings["parameters"], 0)) as dag:

        @task(outlets=[model])
        def train() -> None:
            perform(probe.call("step"))
            event: Any = get_current_context()["outlet_events"][model]
            event.extra = probe.settings["metrics"]

        train()
    return [dag]


def reading_dag(probe: ProbeContext) -> list[DAG]:
    """Return a DAG whose task reads, without a server, the run that made the model."""
    model = Asset(f"{probe.run_id}-model")
    with pipeline(probe, "-reader") as dag:

        @task(inlets=[model])
        def read() -> Value:
            events: Any = get_current_context()["inlet_events"]
            event = events[model][-1]
            maker = event.source_task_instance
            return {
                "parameters": maker.dag_run.conf,
                "metrics": event.extra,
                "maker": maker.task_id,
            }

        read()
    return [dag]


def lineage(probe: ProbeContext) -> dict[str, Value]:
    """Declare assets as outlets and inlets of tasks; each event names the run that made it."""
    run(probe, assets_dag)
    if probe.mode == "inprocess":
        from adapters.airflow.probes import dag_test  # here for the reason in backends.py

        maker = run(probe, reading_dag).result("read")["maker"]
        eaten = dag_test.inlets_of(probe.run_id, maker)
        return {
            "path": ["model", maker, *(each.removeprefix(f"{probe.run_id}-") for each in eaten)]
        }
    return {"path": _origins(probe, f"{probe.run_id}-model")}


def _origins(probe: ProbeContext, model: str) -> list[Value]:
    """Return the model, the task of this run that made it, and the assets that task consumed."""
    api = api_of(probe.context)
    assets = api.get("/api/v2/assets", name_pattern=probe.run_id)["assets"]
    (number,) = [each["id"] for each in assets if each["name"] == model]
    events = api.get("/api/v2/assets/events", asset_id=number, source_run_id=probe.run_id)
    for event in events["asset_events"]:
        maker = event["source_task_id"]
        eaten = [
            each["name"].removeprefix(f"{probe.run_id}-")
            for each in assets
            if any(user["task_id"] == maker for user in each["consuming_tasks"])
        ]
        return ["model", maker, *eaten]
    return []


def assets_dag(probe: ProbeContext) -> list[DAG]:
    """Return a DAG with a task that makes data and one that makes a model of it."""
    data, model = (Asset(f"{probe.run_id}-{name}") for name in ("data", "model"))
    with pipeline(probe) as dag:

        @task(outlets=[data])
        def make() -> Value:
            return perform(probe.call("make"))

        @task(inlets=[data], outlets=[model])
        def train(word: Value) -> Value:
            return perform(probe.call("train"), word=word)

        train(make())
    return [dag]
