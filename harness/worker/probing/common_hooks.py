"""Hooks that are the same for every framework: they use the adapter itself."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from adapters.contract import Adapter, Context
from adapters.probing import ProbeContext
from harness.worker.probing import sockets, watch
from harness.worker.settle import settled_count
from workloads import patterns
from workloads.dag import Value, Workload
from workloads.execute import run_serially

_LOOK_S = 0.1
#: An address that documentation may use and nobody has (RFC 5737): proves that we would see it.
_NOBODY = ("192.0.2.1", 9)


def _run(adapter: Adapter, workload: Workload, context: Context) -> Mapping[str, Value]:
    """Execute a workload once."""
    return adapter.run(adapter.build(workload, context), context)


def largest_fan_out(probe: ProbeContext, adapter: Adapter) -> dict[str, Any]:
    """Ever more steps side by side, until one size fails or time is up."""
    return _ladder(probe, adapter, lambda size: patterns.fan_out(width=size))


def deepest_chain(probe: ProbeContext, adapter: Adapter) -> dict[str, Any]:
    """Ever more steps behind each other."""
    return _ladder(probe, adapter, lambda size: patterns.chain(steps=size))


def largest_value(probe: ProbeContext, adapter: Adapter) -> dict[str, Any]:
    """Ever more bytes from one step to the next, as a value."""
    return _ladder(probe, adapter, lambda size: patterns.chain(steps=2, body="payload", size=size))


def _ladder(probe: ProbeContext, adapter: Adapter, workload_of: Any) -> dict[str, Any]:
    """Size after size: each up to what is enough, so that no verdict hangs on how busy the machine
    is; then as far as the time goes, if time grows on as it did between the last two.
    """
    enough = probe.settings["enough"]
    end = time.monotonic() + probe.settings["budget_s"]
    before, took_s, pace_s = 0, 0.0, 0.0
    for number, size in enumerate(probe.settings["sizes"]):
        needs_s = took_s + pace_s * (size - before)
        if size > enough and time.monotonic() + needs_s > end:
            return {"untried": size, "needs_s": needs_s}
        context = _named(probe.context, f"{probe.run_id}-{number}")
        probe.mark(f"try {size}")
        began = time.monotonic()
        try:
            now_s = _settled(adapter, workload_of(size), context, probe.settings["settle_s"])
        except Exception as error:  # how it fails is what is asked
            said = " ".join(f"{type(error).__name__}: {error}".split())
            return {"failed": size, "error": said[:500]}
        probe.mark(f"done {size} {now_s:.3f}")
        now_s = time.monotonic() - began
        # The first size has no pace: it is cold, and mostly what every run costs.
        pace_s = max(0.0, (now_s - took_s) / (size - before)) if before else 0.0
        before, took_s = size, now_s
    return {}


def _settled(adapter: Adapter, workload: Workload, context: Context, patience_s: float) -> float:
    """Like :func:`_run`, and then wait: the backlog would slow down the next size and probe."""
    steps, journal = len(workload.steps), Path(context.events)
    before, began = watch.ended(journal), time.monotonic()
    outputs = _run(adapter, workload, context)
    took_s = time.monotonic() - began
    ran = settled_count(lambda: watch.ended(journal) - before, steps, patience_s)
    if ran != steps:
        raise RuntimeError(f"{ran:,} of {steps:,} steps came to a good end")
    recorded = settled_count(partial(adapter.engine_count, context), steps, patience_s)
    if recorded not in (None, steps):
        raise RuntimeError(f"the engine recorded {recorded:,} of {steps:,} steps")
    expected = workload.select(run_serially(workload, events="", artifacts=context.artifacts))
    if missing := sum(outputs.get(name) != value for name, value in expected.items()):
        raise RuntimeError(f"{missing:,} of {len(expected):,} outputs are not plain Python's")
    return took_s


def _named(context: Context, run_id: str) -> Context:
    return Context(
        context.mode,
        context.workers,
        context.folder,
        run_id,
        context.events,
        context.artifacts,
        context.services,
    )


def listening(probe: ProbeContext, adapter: Adapter) -> dict[str, Any]:
    """Run a small workload, and tell on which addresses any process of the trial listened."""
    found: dict[str, set[str]] = {}
    # A listener of our own, so that an empty list means that nobody else listened.
    with socket.create_server(("127.0.0.1", 0)) as control, _looking(found):
        _run(adapter, patterns.fan_out(width=4), probe.context)
        time.sleep(2 * _LOOK_S)
        own = control.getsockname()[1]
    seen = [f"{address} {name}" for name, addresses in found.items() for address in addresses]
    return {"seen": sorted(seen), "control": f"127.0.0.1:{own}"}


@contextmanager
def _looking(found: dict[str, set[str]]) -> Iterator[None]:
    """Look for listeners now and then while the block runs."""
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(_LOOK_S):
            for name, addresses in sockets.listening().items():
                found.setdefault(name, set()).update(addresses)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def outside(probe: ProbeContext, adapter: Adapter) -> dict[str, Any]:
    """Run a small workload while connections are watched, after one that must be seen."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_STREAM) as control:
        control.setblocking(False)
        control.connect(_NOBODY)
    _run(adapter, patterns.chain(steps=3), probe.context)
    time.sleep(probe.settings["linger_s"])
    return {"control": f"{_NOBODY[0]}:{_NOBODY[1]}"}
