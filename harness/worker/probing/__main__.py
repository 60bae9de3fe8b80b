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
    """Run the probes of ``folder/request.json``; return the exit code."""
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    # Orphans of killed processes become children of this one, which ends them.
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
    except BaseException as caught:  # cancellations of some engines are not an Exception
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
            # Otherwise the first run in each forked process would have to build it.
            getattr(native, "warm_up", lambda mode: None)(request.mode)
            hooks = Hooks(services)
            for order in request.orders:
                place = folder / order.name
                place.mkdir()
                result = _probe(order, request, services, folder, hooks, adapter, native)
                wire.write(place / wire.RESULT, result)


def _probe(
    order: ProbeOrder,
    request: ProbesRequest,
    services: Services,
    folder: Path,
    hooks: Hooks,
    adapter: ModuleType,
    native: ModuleType,
) -> ProbeResult:
    """Run one probe's hook as often as the order asks; an error here is not the framework's."""
    function = getattr(common_hooks if order.common else native, order.hook, None)
    if function is None:
        return ProbeResult(order.name, [], error=f"{native.__name__} has no hook {order.hook}")
    running = services.names
    gated = pipeline_runs.kill_hits_all(order, hooks, request.roles)
    prepared = []
    spare = order.pipelines if order.kill else 0
    for number in range(1, order.pipelines + spare + 1):
        place = folder / order.name / f"p{number}"
        run_id = f"{order.name.replace('_', '-')}-{number}"
        context = _context(request, services, folder, run_id, place)
        bodies = {name: _call(name, body, place, gated) for name, body in order.bodies.items()}
        probe = ProbeContext(context, bodies, order.settings, place)
        prepared.append(Hook(function, probe, adapter if order.common else None, order.timeout_s))
    try:
        pipelines = pipeline_runs.run(order, prepared, hooks, request.roles)
    except Exception as error:  # the next probe still has to run
        return ProbeResult(order.name, [], running, explain(error))
    finally:
        hooks.sweep()
    return ProbeResult(order.name, pipelines, running)


def _call(name: str, body: Body, place: Path, gated: bool) -> dict[str, object]:
    """Return a body as hooks receive it; its gate is set only if a killer will open it."""
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
