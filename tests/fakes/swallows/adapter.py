"""Fake that treats a failed step as one that returned None, like engines that only mark it."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.contract import Context, Value, Workload, execute, no_engine_count, no_service

service = no_service
engine_count = no_engine_count


def build(workload: Workload, ctx: Context) -> Workload:
    return workload


def run(flow: Workload, ctx: Context) -> Mapping[str, Value]:
    results: dict[str, Value] = {}
    for step in flow.steps:
        inputs = {up: results[up] for up in step.upstreams}
        try:
            results[step.id] = execute(ctx.call(step), inputs)
        except Exception:
            results[step.id] = None
    return flow.select(results)
