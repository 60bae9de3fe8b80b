"""Fake that hangs in one phase, with children that have detached themselves completely.

It runs the workload ``kinds`` correctly, so that its environment passes the health check.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from adapters.contract import Context, Value, Workload, no_engine_count
from workloads.execute import run_serially

engine_count = no_engine_count


@contextmanager
def service(ctx: Context) -> Iterator[None]:
    if ctx.mode == "service":
        _hang(ctx)
    yield


def build(workload: Workload, ctx: Context) -> Workload:
    return workload


def run(flow: Workload, ctx: Context) -> Mapping[str, Value]:
    if flow.name != "kinds" and ctx.mode == "execute":
        _hang(ctx)
    if ctx.mode == "exit":
        threading.Thread(target=_hang, args=(ctx,)).start()
    return flow.select(run_serially(flow, ctx.events, ctx.artifacts))


def _hang(ctx: Context) -> None:
    for number in range(3):
        _daemonise(ctx, number)
    while True:
        time.sleep(1)


def _daemonise(ctx: Context, number: int) -> None:
    """Start a daemon in its own session that ignores polite signals and listens on a port."""
    if child := os.fork():
        os.waitpid(child, 0)
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    if number == 2:
        os.setpgid(0, 0)
    for ignored in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    listener = socket.create_server(("127.0.0.1", 0))
    (ctx.folder / f"port-{number}").write_text(str(listener.getsockname()[1]))
    while True:
        time.sleep(1)
