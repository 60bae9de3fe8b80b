"""Hooks shared by all frameworks: they use the adapter's own functions."""

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

_POLL_S = 0.1
#: Address reserved for documentation (RFC 5737): recording it proves that attempts are recorded.
_UNASSIGNED = ("192.0.2.1", 9)


def _run(adapter: Adapter, workload: Workload, context: Context) -> Mapping[str, Value]:
    """Execute a workload once; return its outputs."""
    return adapter.run(adapter.build(workload, context), context)


def largest_fan_out(probe: ProbeContext, adapter: Adapter) -> dict[str, Any]:
    """Run more and more steps side by side, until a size fails or the time is up."""
    return _ladder(probe, adapter, lambda size: patterns.fan_out(width=size))


def deepest_chain(probe: ProbeContext, adapter: Adapter) -> dict[str, Any]:
    """Run more and more steps one after another, until a size fails or the time is up."""
    return _ladder(probe, adapter, lambda size: patterns.chain(steps=size))


def largest_value(probe: ProbeContext, adapter: Adapter) -> dict[str, Any]:
    """Pass larger and larger values, in bytes, between two steps, with the same limits."""
    return _ladder(probe, adapter, lambda size: patterns.chain(steps=2, body="payload", size=size))


def _ladder(probe: ProbeContext, adapter: Adapter, workload_of: Any) -> dict[str, Any]:
    """Run one size after another; return the first that failed or was not tried, if any.

    Sizes up to "enough" run in any case, so that the verdict does not depend on the machine's load.
    A larger one runs if it is expected to end within the budget: its duration is extrapolated from
    the last two sizes.
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
        except Exception as error:  # any failure is the limit that the probe looks for
            text = " ".join(f"{type(error).__name__}: {error}".split())
            return {"failed": size, "error": text[:500]}
        probe.mark(f"done {size} {now_s:.3f}")
        now_s = time.monotonic() - began
        # The first size does not have a pace: it is cold, and mostly the fixed cost of a run.
        pace_s = max(0.0, (now_s - took_s) / (size - before)) if before else 0.0
        before, took_s = size, now_s
    return {}


def _settled(adapter: Adapter, workload: Workload, context: Context, patience_s: float) -> float:
    """Run a workload, wait for its backlog, and return the seconds of the run itself.

    The backlog would slow down the next size and probe. Raises :class:`RuntimeError` if steps or
    their records are missing, or if outputs differ from those of plain Python.
    """
    steps, journal = len(workload.steps), Path(context.events)
    before, began = watch.count_succeeded(journal), time.monotonic()
    outputs = _run(adapter, workload, context)
    took_s = time.monotonic() - began
    ran = settled_count(lambda: watch.count_succeeded(journal) - before, steps, patience_s)
    if ran != steps:
        raise RuntimeError(f"{ran:,} of {steps:,} steps succeeded")
    recorded = settled_count(partial(adapter.engine_count, context), steps, patience_s)
    if recorded not in (None, steps):
        raise RuntimeError(f"the engine recorded {recorded:,} of {steps:,} steps")
    expected = workload.select(run_serially(workload, events="", artifacts=context.artifacts))
    if missing := sum(outputs.get(name) != value for name, value in expected.items()):
        raise RuntimeError(f"{missing:,} of {len(expected):,} outputs differ from plain Python's")
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
    """Run a small workload; return the addresses on which processes of the trial listened."""
    found: dict[str, set[str]] = {}
    # A listener of our own proves that listeners are seen.
    with socket.create_server(("127.0.0.1", 0)) as control, _polled(found):
        _run(adapter, patterns.fan_out(width=4), probe.context)
        time.sleep(2 * _POLL_S)
        own = control.getsockname()[1]
    seen = [f"{address} {name}" for name, addresses in found.items() for address in addresses]
    return {"seen": sorted(seen), "control": f"127.0.0.1:{own}"}


@contextmanager
def _polled(found: dict[str, set[str]]) -> Iterator[None]:
    """Add the listeners to ``found`` at intervals while the block runs."""
    ended = threading.Event()

    def poll() -> None:
        while not ended.wait(_POLL_S):
            for name, addresses in sockets.listening().items():
                found.setdefault(name, set()).update(addresses)

    thread = threading.Thread(target=poll, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def outside(probe: ProbeContext, adapter: Adapter) -> dict[str, Any]:
    """Attempt a connection that must be recorded, then run a small workload."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_STREAM) as control:
        control.setblocking(False)
        control.connect(_UNASSIGNED)
    _run(adapter, patterns.chain(steps=3), probe.context)
    time.sleep(probe.settings["linger_s"])
    return {"control": f"{_UNASSIGNED[0]}:{_UNASSIGNED[1]}"}
