"""Hooks about machine learning: artifacts, and events of assets."""

from __future__ import annotations

import json
from typing import Any

from prefect import get_client, task
from prefect.artifacts import Artifact, create_table_artifact
from prefect.assets import materialize
from prefect.cache_policies import NO_CACHE

from adapters.prefect.probes.common import found, pipeline, until
from adapters.prefect.server import drain
from adapters.probing import ProbeContext, Value, perform

_PATIENCE_S = 40.0


def tracking(probe: ProbeContext) -> dict[str, Value]:
    """Record parameters as the flow run's, metrics as an artifact of the task."""
    call, metrics = probe.call("step"), probe.settings["metrics"]
    key = f"{probe.run_id}-metrics"

    def train(parameters: dict[str, Value]) -> None:
        perform(call)
        create_table_artifact([metrics], key=key)

    trained = task(cache_policy=NO_CACHE)(train)

    @pipeline(probe)
    def experiment(parameters: dict[str, Value]) -> None:
        trained.submit(parameters).result()

    experiment(probe.settings["parameters"])
    artifact: Any = Artifact.get(key)
    return {
        "parameters": found(probe.run_id).parameters["parameters"],
        "metrics": json.loads(artifact.data)[0],
    }


def lineage(probe: ProbeContext) -> dict[str, Value]:
    """Materialize assets by tasks, whose events name the assets they were made of."""
    make_call, train_call = probe.call("make"), probe.call("train")
    data, model = (f"harness://{probe.run_id}/{name}" for name in ("data", "model"))

    def make() -> Value:
        return perform(make_call)

    def train(word: Value) -> Value:
        return perform(train_call, word=word)

    made, trained = (
        materialize(key, cache_policy=NO_CACHE)(function)
        for key, function in ((data, make), (model, train))
    )

    @pipeline(probe)
    def training() -> None:
        trained.submit(made.submit()).result()

    training()
    drain()
    return {"path": until(lambda: _origins(model), _PATIENCE_S) or []}


def _origins(model: str) -> list[str]:
    """Return the model and the assets that it was made of, from the server's events; else []."""
    wanted = {
        "event": {"name": ["prefect.asset.materialization.succeeded"]},
        "resource": {"id": [model]},
    }
    with get_client(sync_client=True) as client:
        answer = client.request("POST", "/events/filter", json={"filter": wanted}).json()
    related = [each for event in answer["events"] for each in event["related"]]
    origins = [each["prefect.resource.id"] for each in related]
    assets = [each.rpartition("/")[2] for each in origins if each.startswith("harness://")]
    return [model.rpartition("/")[2], *assets] if assets else []
