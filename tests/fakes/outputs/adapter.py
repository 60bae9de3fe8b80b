"""Fake that returns outputs of a wrong form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.contract import Context, Value, Workload, no_engine_count, no_service
from workloads.execute import run_serially

service = no_service
engine_count = no_engine_count


def build(workload: Workload, ctx: Context) -> Workload:
    return workload


def run(flow: Workload, ctx: Context) -> Mapping[str, Value]:
    outputs: dict[Any, Any] = flow.select(run_serially(flow, ctx.events, ctx.artifacts))
    first = next(iter(outputs))
    if ctx.mode == "set":
        outputs[first] = {1, 2}
    elif ctx.mode == "nan":
        outputs[first] = float("nan")
    elif ctx.mode == "missing":
        del outputs[first]
    elif ctx.mode == "extra":
        outputs["more"] = 1
    else:
        outputs[7] = outputs.pop(first)
    return outputs
