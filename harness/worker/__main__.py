"""Child side of a trial: ``python -m harness.worker FOLDER``, inside the framework's environment.

Imports the adapter, enters its service, runs the repetitions, and writes the results to files.
Standard library only; nothing is printed to stdout, which belongs to the framework.
"""

from __future__ import annotations

import contextlib
import faulthandler
import importlib
import json
import os
import signal
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

STARTED_NS = time.monotonic_ns()

from adapters.contract import Adapter, Context  # noqa: E402  # after the stamp
from harness import wire  # noqa: E402
from harness.services import Services, take_service_urls  # noqa: E402
from harness.worker import budget  # noqa: E402
from harness.worker.describe import explain, versions  # noqa: E402
from harness.worker.gauge import Gauge  # noqa: E402
from harness.worker.phases import Phases  # noqa: E402
from harness.worker.settle import settled_count  # noqa: E402
from workloads import codecs  # noqa: E402
from workloads.dag import Workload  # noqa: E402
from workloads.execute import resolve  # noqa: E402


def main(folder: Path) -> int:
    """Run the trial that ``folder/request.json`` describes; return the exit code."""
    # On a timeout the harness requests a traceback before it kills this process.
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    request = wire.read(wire.TrialRequest, folder / wire.REQUEST)
    phases = Phases(folder / wire.PHASES)
    phases.stamp("import", "", "start", STARTED_NS)
    # Before the framework is imported: they take their variables out of the environment.
    gauge = Gauge(folder / wire.SCRATCH, request.database)
    workers = max((item.workers for item in request.repetitions), default=1)
    service_urls = take_service_urls(os.environ)
    services = Services(folder / wire.SERVICES, folder / wire.SCRATCH, workers, service_urls)
    response = wire.TrialResponse(None, "", {})
    try:
        adapter = importlib.import_module(request.adapter)
        phases.stamp("import", "", "end", time.monotonic_ns())
        _work(adapter, request, phases, gauge, services, folder, response)
    except BaseException as caught:  # some engines' cancellations are not an Exception
        response.error = explain(caught)
    response.phase = response.phase or phases.last
    response.versions = versions(request.distributions)
    wire.write(folder / wire.RESPONSE, response)
    phases.stamp("exit", "", "start", time.monotonic_ns())
    return 0 if response.error is None else 1


def _work(
    adapter: Adapter,
    request: wire.TrialRequest,
    phases: Phases,
    gauge: Gauge,
    services: Services,
    folder: Path,
    response: wire.TrialResponse,
) -> None:
    workloads = {
        item.workload: Workload.from_json(json.loads(Path(item.workload).read_bytes()))
        for item in request.repetitions
    }
    with phases("load"):
        # A step's module is imported once, before any clock of a step runs, in every framework.
        for workload in workloads.values():
            for step in workload.steps:
                resolve(step.function)
        codecs.prepare(request.artifacts)
    with phases("service"), contextlib.ExitStack() as starting:
        starting.enter_context(services)
        # Before the services that run steps, so that it stops after them.
        elsewhere = services.collect(folder) if request.remote else None
        for name in request.needs:
            services.provide(name)

        def context(item: wire.RepetitionRequest) -> Context:
            return _context(folder, request, item, services, elsewhere)

        starting.enter_context(adapter.service(context(request.repetitions[0])))
        running = starting.pop_all()
    try:
        if request.idle_s:
            with phases("idle"):
                response.idle, response.idle_pss_bytes = gauge.idle(request.idle_s)
        spent: dict[str, float | None] = {}
        for item in request.repetitions:
            services.check()
            reason = _reason_to_skip(item, spent)
            if reason is None:
                ctx, workload = context(item), workloads[item.workload]
                result = _repeat(adapter, workload, ctx, request.settle_s, phases, gauge, services)
            else:
                result = wire.RepetitionResult(item.run_id, None, None, None, "build", reason)
            (folder / item.run_id).mkdir(exist_ok=True)
            wire.write(folder / item.run_id / wire.RESULT, result)
            done = result.error is None and result.skipped is None
            spent[item.run_id] = phases.seconds("execute") if done else None
    except BaseException:
        response.phase = phases.last  # the stop below would overwrite it
        raise
    finally:
        with phases("stop"):
            running.close()


def _reason_to_skip(item: wire.RepetitionRequest, spent: dict[str, float | None]) -> str | None:
    """Return why an execution is skipped: the smaller one failed or predicts too long a time.

    None if it is to be run.
    """
    if item.after not in spent:
        return None
    smaller_s = spent[item.after]
    if smaller_s is None:
        return f"not tried, because {item.after} did not end well"
    return budget.too_long(item.after, smaller_s, item.scale, item.budget_s)


def _repeat(
    adapter: Adapter,
    workload: Workload,
    ctx: Context,
    settle_s: float,
    phases: Phases,
    gauge: Gauge,
    services: Services,
) -> wire.RepetitionResult:
    outputs: dict[str, Any] | None = None
    count = None
    usage: dict[str, wire.PhaseUsage] = {}
    try:
        with gauge(usage, "build"), phases("build", ctx.run_id):
            flow = adapter.build(workload, ctx)
        with gauge(usage, "execute"), phases("execute", ctx.run_id):
            outputs = dict(adapter.run(flow, ctx))
        json.dumps(outputs, allow_nan=False)  # else it would fail later, without its reason
        with gauge(usage, "settle"), phases("settle", ctx.run_id):
            count = settled_count(partial(adapter.engine_count, ctx), len(workload.steps), settle_s)
    except BaseException as caught:
        error = services.dead or caught  # a dead service is the cause of the failure
        return wire.RepetitionResult(ctx.run_id, None, count, explain(error), phases.last)
    return wire.RepetitionResult(ctx.run_id, outputs, count, None, phases.last, usage=usage)


def _context(
    folder: Path,
    request: wire.TrialRequest,
    item: wire.RepetitionRequest,
    services: Services,
    elsewhere: str | None,
) -> Context:
    """Return the context of one repetition, and make its folders.

    ``elsewhere``: the URL below which steps record; None for a folder of this host.
    """
    events = folder / item.run_id / wire.EVENTS
    events.mkdir(parents=True, exist_ok=True)
    artifacts = f"{request.artifacts}/{item.run_id}"
    if not request.artifacts:
        artifacts = str(folder / item.run_id / wire.ARTIFACTS)
        os.makedirs(artifacts, exist_ok=True)
    journals = str(events) if elsewhere is None else f"{elsewhere}/{item.run_id}"
    return Context(
        request.mode,
        item.workers,
        folder / wire.SCRATCH,
        item.run_id,
        journals if item.record else "",
        artifacts,
        services,
    )


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
