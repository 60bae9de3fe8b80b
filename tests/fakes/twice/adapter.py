"""Fake that runs its first step twice, like an engine that retries a success."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.contract import Context, Value, Workload, execute, no_engine_count, no_service
from workloads.execute import run_serially

service = no_service
engine_count = no_engine_count


def build(workload: Workload, ctx: Context) -> Workload:
    return workload


def run(flow: Workload, ctx: Context) -> Mapping[str, Value]:
    execute(ctx.call(flow.steps[0]), {})
    return flow.select(run_serially(flow, ctx.events, ctx.artifacts))
