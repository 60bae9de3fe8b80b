"""Fake that raises exceptions of several kinds."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping

from adapters.contract import Context, Value, Workload, no_engine_count, no_service

service = no_service
engine_count = no_engine_count


class UnprintableError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words for it")


def build(workload: Workload, ctx: Context) -> Workload:
    return workload


def run(flow: Workload, ctx: Context) -> Mapping[str, Value]:
    if ctx.mode == "surrogate":
        raise ValueError("no such file: caf\udce9.csv")  # a file name that is not UTF-8
    if ctx.mode == "cancelled":
        raise asyncio.CancelledError("cancelled by the engine")  # not an Exception since Python 3.8
    if ctx.mode == "systemexit":
        sys.exit("the engine gives up")
    if ctx.mode == "unprintable":
        raise UnprintableError
    raise ValueError("the engine is out of order")
