"""Fake whose time grows with the square of the steps: smaller sizes predict too little."""

from __future__ import annotations

import time
from collections.abc import Mapping

from adapters.contract import Context, Value, Workload, no_engine_count, no_service
from workloads.execute import run_serially

service = no_service
engine_count = no_engine_count


def build(workload: Workload, ctx: Context) -> Workload:
    return workload


def run(flow: Workload, ctx: Context) -> Mapping[str, Value]:
    if flow.name != "kinds":  # the workload of the health check
        time.sleep(0.01 * len(flow.steps) ** 2)
    return flow.select(run_serially(flow, ctx.events, ctx.artifacts))
