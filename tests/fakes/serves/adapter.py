"""Fake with services that work, die, fail, are never ready, or ignore the stop signal."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

import psutil

from adapters.contract import Context, Value, Workload, no_engine_count
from workloads.execute import run_serially

engine_count = no_engine_count

LISTENS = """
import socket, sys
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print("listening, password is", sys.argv[2], flush=True)
while True:
    listener.accept()[0].close()
"""
PREFORKS = """
import os, signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
for _ in range(4):
    if os.fork() == 0:
        os.setsid()
        signal.pause()
"""


@contextmanager
def service(ctx: Context) -> Iterator[None]:
    port, password = ctx.services.port(), ctx.services.secret()
    program = {
        "never_ready": "import time; print('warming up', flush=True); time.sleep(600)",
        "exits": "print('cannot bind: address in use', flush=True); raise SystemExit(3)",
        "stubborn": PREFORKS + LISTENS,
    }.get(ctx.mode, LISTENS)
    if ctx.mode == "set_up_fails":
        ctx.services.run("init", [sys.executable, "-c", "raise SystemExit('no space left')"])
    if ctx.mode == "missing":
        ctx.services.run("init", ["/no/such/program"])
    if ctx.mode == "databases":
        ctx.services.run("init", ["true"])
    ctx.services.start(
        "listener",
        [sys.executable, "-c", program, str(port), password],
        ready=lambda: _listens(port),
        patience_s=1.0 if ctx.mode == "never_ready" else 30.0,
        grace_s=1.0,
    )
    yield


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def build(workload: Workload, ctx: Context) -> Workload:
    return workload


def run(flow: Workload, ctx: Context) -> Mapping[str, Value]:
    if ctx.mode == "hangs":
        time.sleep(600)
    if flow.name != "kinds" and ctx.mode.startswith("dies"):
        unheard = suppress(Exception if ctx.mode == "dies_unheard" else ZeroDivisionError)
        with unheard:  # the signal may arrive before the call returns
            _kill_it("postgres" if ctx.mode == "dies_postgres" else "socket.create_server")
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with unheard:
                time.sleep(1)
    return flow.select(run_serially(flow, ctx.events, ctx.artifacts))


def _kill_it(mark: str) -> None:
    for child in psutil.Process(os.getpid()).children():
        if any(mark in part for part in child.cmdline()):
            child.send_signal(signal.SIGKILL)
            return
    raise RuntimeError(f"no child has {mark}")
