"""Fake that works, but whose engine counts fewer steps."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.contract import Context, Value, Workload, no_service
from workloads.execute import run_serially

service = no_service


def build(workload: Workload, ctx: Context) -> Workload:
    return workload


def run(flow: Workload, ctx: Context) -> Mapping[str, Value]:
    return flow.select(run_serially(flow, ctx.events, ctx.artifacts))


def engine_count(ctx: Context) -> int | None:
    return 2
