"""Flyte: an imperative workflow with a node for each step, executed locally by flytekit."""

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
    """Any step. Flyte's types have no general JSON, so values travel as JSON text."""
    inputs = {name: json.loads(result) for name, result in zip(upstreams, results, strict=True)}
    return json.dumps(execute(json.loads(call), inputs))


def build(workload: Workload, ctx: Context) -> Flow:
    """The imperative workflow that Flyte documents for graphs which come from data."""
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
    for name in returned(workload):
        flow.add_workflow_output(name, nodes[name].outputs["o0"], python_type=str)
    return flow, workload


def run(flow: Flow, ctx: Context) -> Mapping[str, Value]:
    """Call the workflow; flytekit runs its nodes one after another and raises what one raised."""
    imperative, workload = flow
    texts = imperative()
    # One output comes bare, several as a named tuple.
    return outputs(workload, texts if isinstance(texts, tuple) else (texts,))


def returned(workload: Workload) -> list[str]:
    """The steps whose results make up the outputs, each once: the workflow's own outputs."""
    return list(dict.fromkeys(ref.step for ref in workload.outputs.values()))


def outputs(workload: Workload, texts: Iterable[str]) -> Mapping[str, Value]:
    """The workload's outputs from what the steps of :func:`returned` gave."""
    results = zip(returned(workload), texts, strict=True)
    return workload.select({name: json.loads(text) for name, text in results})
