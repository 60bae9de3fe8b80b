"""TFX in one process: a pipeline of custom components on LocalDagRunner."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ml_metadata.metadata_store import MetadataStore
from ml_metadata.proto import metadata_store_pb2
from tfx.dsl.components.base.base_node import BaseNode
from tfx.orchestration.local.local_dag_runner import LocalDagRunner
from tfx.orchestration.metadata import sqlite_metadata_connection_config
from tfx.orchestration.pipeline import Pipeline
from tfx.types.channel_utils import union

from adapters.contract import Context, Value, Workload, no_service
from adapters.tfx import components

service = no_service

Flow = tuple[Pipeline, Workload]


def build(workload: Workload, ctx: Context) -> Flow:
    """Return a pipeline with a component for each step."""
    folder = ctx.folder / ctx.run_id
    folder.mkdir()
    nodes: dict[str, BaseNode] = {}
    for each in workload.steps:
        call = json.dumps(ctx.call(each))
        if each.upstreams:
            inputs = union([nodes[up].outputs["result"] for up in each.upstreams])
            node = components.step(call=call, inputs=inputs)
        else:
            node = components.first_step(call=call)
        nodes[each.id] = node.with_id(each.id)
    pipeline = Pipeline(
        pipeline_name=ctx.run_id,
        pipeline_root=str(folder / "artifacts"),
        components=[*nodes.values()],
        metadata_connection_config=sqlite_metadata_connection_config(metadata_file(ctx)),
    )
    return pipeline, workload


def metadata_file(ctx: Context) -> str:
    """Return the path of a repetition's ML Metadata."""
    return str(ctx.folder / ctx.run_id / "metadata.db")


def run(flow: Flow, ctx: Context) -> Mapping[str, Value]:
    """Run the pipeline, and read the outputs from the artifacts; raise if a component failed."""
    pipeline, workload = flow
    LocalDagRunner().run(pipeline)
    store = _store(ctx)
    return workload.select({name: _result(store, ctx, name) for name in workload.returned})


def _store(ctx: Context) -> MetadataStore:
    return MetadataStore(sqlite_metadata_connection_config(metadata_file(ctx)))


def _result(store: MetadataStore, ctx: Context, step: str) -> Any:
    """Return the result of a step: the artifact that its execution put out."""
    node = store.get_context_by_type_and_name("node", f"{ctx.run_id}.{step}")
    (execution,) = store.get_executions_by_context(node.id)
    (event,) = [
        each
        for each in store.get_events_by_execution_ids([execution.id])
        if each.type == metadata_store_pb2.Event.OUTPUT
    ]
    (artifact,) = store.get_artifacts_by_id([event.artifact_id])
    with open(artifact.uri) as file:
        return json.load(file)[1]


def engine_count(ctx: Context) -> int | None:
    """Return the number of complete executions that ML Metadata has of the repetition."""
    store = _store(ctx)
    pipeline = store.get_context_by_type_and_name("pipeline", ctx.run_id)
    complete = metadata_store_pb2.Execution.COMPLETE
    executions = store.get_executions_by_context(pipeline.id)
    return len([each for each in executions if each.last_known_state == complete])
