"""Hooks about machine learning: records of ML Metadata, and Pusher."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ml_metadata.metadata_store import MetadataStore
from tfx.components import Pusher
from tfx.proto.pusher_pb2 import PushDestination

from adapters.probing import ProbeContext, Value
from adapters.tfx.probes import components
from adapters.tfx.probes.pipelines import INPUT, OUTPUT, linked, run, store


def lineage(probe: ProbeContext) -> dict[str, Value]:
    """Follow the events of ML Metadata from the model to its execution, and to that one's input."""
    made = components.make(call=json.dumps(probe.call("make")))
    call = json.dumps(probe.call("train"))
    run(probe, made, components.train(call=call, data=made.outputs["data"]))
    records = store(probe)
    (model,) = records.get_artifacts_by_type("Model")
    put_out = linked(records, OUTPUT, artifact=model.id)
    taken = linked(records, INPUT, execution=put_out.execution_id)
    execution = _execution(records, put_out.execution_id)
    return {"path": [_key(put_out), execution.type.rpartition(".")[2], _key(taken)]}


def _key(event: Any) -> str:
    return str(event.path.steps[0].key)


def _execution(records: MetadataStore, number: int) -> Any:
    (execution,) = records.get_executions_by_id([number])
    return execution


def tracking(probe: ProbeContext) -> dict[str, Value]:
    """Read parameters from the execution's properties, and metrics from its artifact's."""
    call = json.dumps(probe.call("step"))
    run(
        probe,
        components.tracked(call=call, **probe.settings["parameters"], **probe.settings["metrics"]),
    )
    records = store(probe)
    (evaluation,) = records.get_artifacts_by_type("ModelEvaluation")
    by = linked(records, OUTPUT, artifact=evaluation.id)
    properties = _execution(records, by.execution_id).custom_properties
    return {
        "parameters": {name: properties[name].int_value for name in probe.settings["parameters"]},
        "metrics": {
            name: evaluation.custom_properties[name].double_value
            for name in probe.settings["metrics"]
        },
    }


def model_registry(probe: ProbeContext) -> dict[str, Value]:
    """Push two models to one destination by ``Pusher``, and list them from ML Metadata."""
    folder = probe.folder / "model"
    destination = PushDestination(filesystem=PushDestination.Filesystem(base_directory=str(folder)))
    for name in ("one", "two"):
        model = components.trained(call=json.dumps(probe.call(name)))
        pushed = Pusher(model=model.outputs["model"], push_destination=destination)
        run(probe, model, pushed)
    found = sorted(store(probe).get_artifacts_by_type("PushedModel"), key=lambda each: each.id)
    places = [Path(each.custom_properties["pushed_destination"].string_value) for each in found]
    versions = [each.custom_properties["pushed_version"].string_value for each in found]
    return {"versions": [*versions], "first": (places[0] / "model.txt").read_text()}
