"""Fake whose engine records its steps a little after they end, as Prefect does."""

from __future__ import annotations

import time
from collections.abc import Mapping

from adapters.contract import Context, Value, Workload, no_service
from workloads.execute import run_serially

service = no_service

_ended: dict[str, tuple[float, int]] = {}


def build(workload: Workload, ctx: Context) -> Workload:
    return workload


def run(flow: Workload, ctx: Context) -> Mapping[str, Value]:
    outputs = flow.select(run_serially(flow, ctx.events, ctx.artifacts))
    _ended[ctx.run_id] = time.monotonic(), len(flow.steps)
    return outputs


def engine_count(ctx: Context) -> int | None:
    end, steps = _ended[ctx.run_id]
    return steps if time.monotonic() - end > 0.3 else steps - 1
