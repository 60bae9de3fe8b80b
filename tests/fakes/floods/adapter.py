"""Fake that works, and writes a gigabyte to stdout and stderr."""

from __future__ import annotations

import os
from collections.abc import Mapping

from adapters.contract import Context, Value, Workload, no_engine_count, no_service
from workloads.execute import run_serially

service = no_service
engine_count = no_engine_count


def build(workload: Workload, ctx: Context) -> Workload:
    return workload


def run(flow: Workload, ctx: Context) -> Mapping[str, Value]:
    os.write(1, b"the first words\n")
    block = b"a flood of output\n" * 60_000
    for number in range(1000):
        left = memoryview(block)
        while left:
            left = left[os.write(1 + number % 2, left) :]
    os.write(2, b"the last words\n")
    return flow.select(run_serially(flow, ctx.events, ctx.artifacts))
