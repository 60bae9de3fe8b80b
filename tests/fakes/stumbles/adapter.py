"""Fake that works, except on one shape of workload: there it dies or hangs."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping

from adapters.contract import Context, Value, Workload, no_engine_count, no_service
from workloads.execute import run_serially

service = no_service
engine_count = no_engine_count

_STONE = "diamond"


def build(workload: Workload, ctx: Context) -> Workload:
    return workload


def run(flow: Workload, ctx: Context) -> Mapping[str, Value]:
    if flow.name == _STONE:
        if ctx.mode == "dies":
            os._exit(3)
        time.sleep(3600)
    return flow.select(run_serially(flow, ctx.events, ctx.artifacts))
