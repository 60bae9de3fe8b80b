"""Fake that reuses earlier results, like an engine whose cache was left on."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.contract import Context, Value, Workload, execute, no_engine_count, no_service

service = no_service
engine_count = no_engine_count

_cache: dict[str, Value] = {}


def build(workload: Workload, ctx: Context) -> Workload:
    return workload


def run(flow: Workload, ctx: Context) -> Mapping[str, Value]:
    results: dict[str, Value] = {}
    for step in flow.steps:
        inputs = {up: results[up] for up in step.upstreams}
        key = repr((step.function, step.arguments, inputs))
        if key not in _cache:
            _cache[key] = execute(ctx.call(step), inputs)
        results[step.id] = _cache[key]
    return flow.select(results)
