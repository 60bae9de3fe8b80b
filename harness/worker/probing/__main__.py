"""One trial of probes, from its request to its response."""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import importlib
import os
import signal
import sys
from pathlib import Path
from types import ModuleType

from adapters.contract import Context
from adapters.probing import ProbeContext
from harness import wire
from harness.services import Services, take_service_urls
from harness.worker.describe import explain, versions
from harness.worker.probing import common_hooks
from harness.worker.probing import pipelines as pipeline_runs
from harness.worker.probing.hook_process import Hook, Hooks
from harness.worker.probing.messages import (
    GATE,
    Body,
    ProbeOrder,
    ProbeResult,
    ProbesRequest,
    ProbesResponse,
)
from workloads.execute import resolve

_PR_SET_CHILD_SUBREAPER = 36


def main(folder: Path) -> int:
    """Do what ``folder/request.json`` asks; returns the exit code."""
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    # What a killed process leaves behind comes to us, who end it before the next probe.
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
    request = wire.read(ProbesRequest, folder / wire.REQUEST)
    services = Services(
        folder / wire.SERVICES,
        folder / wire.SCRATCH,
        request.workers,
        take_service_urls(os.environ),
    )
    error = None
    try:
        _work(request, services, folder)
    except BaseException as caught:  # engines have cancellations that are no Exception
        error = explain(caught)
    wire.write(folder / wire.RESPONSE, ProbesResponse(error, versions(request.distributions)))
    return 0 if error is None else 1


def _work(request: ProbesRequest, services: Services, folder: Path) -> None:
    adapter = importlib.import_module(request.adapter)
    native = importlib.import_module(request.hooks)
    for order in request.orders:
        for body in order.bodies.values():
            resolve(body.function)
    with services:
        for name in request.needs:
            services.provide(name)
        with adapter.service(_context(request, services, folder, "service", folder)):
            # What a first run would build in each fork, if the adapter knows of such a thing.
            getattr(native, "warm_up", lambda mode: None)(request.mode)
            hooks = Hooks(services)
            for order in request.orders:
                place = folder / order.name
                place.mkdir()
                said = _probe(order, request, services, folder, hooks, adapter, native)
                wire.write(place / wire.RESULT, said)


def _probe(
    order: ProbeOrder,
    request: ProbesRequest,
    services: Services,
    folder: Path,
    hooks: Hooks,
    adapter: ModuleType,
    native: ModuleType,
) -> ProbeResult:
    """Run one probe's hook as often as it asks; what breaks here is no framework's fault."""
    found = getattr(common_hooks if order.common else native, order.hook, None)
    if found is None:
        return ProbeResult(order.name, [], error=f"{native.__name__} has no hook {order.hook}")
    running = services.names
    gated = pipeline_runs.strikes_all(order, hooks, request.roles)
    made = []
    spare = order.pipelines if order.kill else 0
    for number in range(1, order.pipelines + spare + 1):
        place = folder / order.name / f"p{number}"
        run_id = f"{order.name.replace('_', '-')}-{number}"
        context = _context(request, services, folder, run_id, place)
        bodies = {name: _call(name, body, place, gated) for name, body in order.bodies.items()}
        probe = ProbeContext(context, bodies, order.settings, place)
        made.append(Hook(found, probe, adapter if order.common else None, order.timeout_s))
    try:
        pipelines = pipeline_runs.run(order, made, hooks, request.roles)
    except Exception as error:  # the next probe shall be done all the same
        return ProbeResult(order.name, [], running, explain(error))
    finally:
        hooks.sweep()
    return ProbeResult(order.name, pipelines, running)


def _call(name: str, body: Body, place: Path, gated: bool) -> dict[str, object]:
    """A body as hooks get it. One with a gate is held by it only where a killer will open it."""
    arguments = dict(body.arguments)
    if gated and "gate" in arguments:
        arguments["gate"] = str(place / GATE)
    return {
        "step": name,
        "function": body.function,
        "arguments": arguments,
        "events": str(place / wire.EVENTS),
        "artifacts": str(place / wire.ARTIFACTS),
    }


def _context(
    request: ProbesRequest, services: Services, folder: Path, run_id: str, place: Path
) -> Context:
    return Context(
        mode=request.mode,
        workers=request.workers,
        folder=folder / wire.SCRATCH,
        run_id=run_id,
        events=str(place / wire.EVENTS),
        artifacts=str(place / wire.ARTIFACTS),
        services=services,
    )


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        sys.exit(main(Path(sys.argv[1])))
