"""Flyte in one process: an imperative workflow with a node for each step, run by flytekit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

import flytekit
from flytekit.core.node import Node

from adapters.contract import Context, Value, Workload, execute, no_engine_count, no_service

service = no_service
engine_count = no_engine_count

Flow = tuple[flytekit.Workflow, Workload]


@flytekit.task  # type: ignore[untyped-decorator]  # flytekit is untyped here
def step(call: str, upstreams: list[str], results: list[str]) -> str:
    """Run any step. Flyte's types do not include general JSON: values travel as JSON text."""
    inputs = {name: json.loads(result) for name, result in zip(upstreams, results, strict=True)}
    return json.dumps(execute(json.loads(call), inputs))


def build(workload: Workload, ctx: Context) -> Flow:
    """Return the imperative workflow, which Flyte documents for graphs that come from data."""
    flow = flytekit.Workflow(name=f"{workload.name}.{ctx.run_id}")
    nodes: dict[str, Node] = {}
    for each in workload.steps:
        nodes[each.id] = flow.add_entity(
            step,
            call=json.dumps(ctx.call(each)),
            upstreams=list(each.upstreams),
            results=[nodes[up].outputs["o0"] for up in each.upstreams],
        )
        nodes[each.id].with_overrides(node_name=each.id)
    for name in workload.returned:
        flow.add_workflow_output(name, nodes[name].outputs["o0"], python_type=str)
    return flow, workload


def run(flow: Flow, ctx: Context) -> Mapping[str, Value]:
    """Call the workflow; flytekit runs its nodes one after another and raises a node's error."""
    imperative, workload = flow
    texts = imperative()
    # flytekit returns one output as it is, several as a named tuple.
    return outputs(workload, texts if isinstance(texts, tuple) else (texts,))


def outputs(workload: Workload, texts: Iterable[str]) -> Mapping[str, Value]:
    """Return the outputs from the results of ``workload.returned``, as JSON text."""
    results = zip(workload.returned, texts, strict=True)
    return workload.select({name: json.loads(text) for name, text in results})
