"""Fake that runs every step before its upstreams, on values computed beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from tempfile import mkdtemp

from adapters.contract import Context, Value, Workload, execute, no_engine_count, no_service
from workloads.execute import run_serially

service = no_service
engine_count = no_engine_count


def build(workload: Workload, ctx: Context) -> Workload:
    return workload


def run(flow: Workload, ctx: Context) -> Mapping[str, Value]:
    known = run_serially(flow, mkdtemp(), ctx.artifacts)
    results = {step.id: execute(ctx.call(step), known) for step in reversed(flow.steps)}
    return flow.select(results)
