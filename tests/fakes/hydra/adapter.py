"""Fake that leaves a process which is constantly replaced by its child, under a new pid."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping

from adapters.contract import Context, Value, Workload, no_engine_count, no_service
from workloads.execute import run_serially

service = no_service
engine_count = no_engine_count

_LIFE_S = 15  # then it ends by itself, so that a failed test does not leave it behind


def build(workload: Workload, ctx: Context) -> Workload:
    return workload


def run(flow: Workload, ctx: Context) -> Mapping[str, Value]:
    if os.fork() == 0:
        end = time.monotonic() + _LIFE_S
        while time.monotonic() < end:
            if os.fork():
                os._exit(0)
            time.sleep(0.001)
        os._exit(0)
    return flow.select(run_serially(flow, ctx.events, ctx.artifacts))
