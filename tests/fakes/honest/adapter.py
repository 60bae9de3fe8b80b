"""Smallest adapter that keeps the contract."""

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
        results[step.id] = execute(ctx.call(step), {up: results[up] for up in step.upstreams})
    return flow.select(results)
