"""Fake that dies without a message: by an exit, a fault in C, a rare signal, or after its response.

It runs the workload ``kinds`` correctly, so that its environment passes the health check.
"""

from __future__ import annotations

import atexit
import faulthandler
import os
import signal
from collections.abc import Mapping

from adapters.contract import Context, Value, Workload, no_engine_count, no_service
from workloads.execute import run_serially

service = no_service
engine_count = no_engine_count


def build(workload: Workload, ctx: Context) -> Workload:
    return workload


def run(flow: Workload, ctx: Context) -> Mapping[str, Value]:
    if flow.name != "kinds":
        _die(ctx.mode)
    return flow.select(run_serially(flow, ctx.events, ctx.artifacts))


def _die(mode: str) -> None:
    if mode == "exit":
        os._exit(3)
    elif mode == "segfault":
        faulthandler._sigsegv()  # type: ignore[attr-defined]
    elif mode == "realtime_signal":
        os.kill(os.getpid(), signal.SIGRTMIN + 1)
    else:
        atexit.register(os._exit, 4)
