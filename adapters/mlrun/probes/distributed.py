"""Hooks for MLRun over Dask, without its API service.

A run is MLRun's; its steps are tasks that its handler submits to ``context.dask_client``, with
Dask's own settings. For probes of runs, the hooks are those for one process.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from distributed import Future, wait
from mlrun.runtimes.base import RunError

# Hooks that are the same as in one process: the harness finds them by their names here.
from adapters.mlrun.probes.control import branch, dynamic_fan_out, loop, sub_workflow  # noqa: F401
from adapters.mlrun.probes.functions import function_of, run
from adapters.mlrun.probes.interfaces import bad_parameter, secrets, step_logs, type_mismatch  # noqa: F401
from adapters.mlrun.probes.ml import lineage, model_registry, tracking  # noqa: F401
from adapters.mlrun.probes.steps import concurrency_limit  # noqa: F401
from adapters.mlrun.probes.triggers import cron  # noqa: F401
from adapters.probing import ProbeContext, Value, perform

_PATIENCE_S = 90.0


def _state_of(probe: ProbeContext, pipeline: Callable[[Any], Any]) -> str:
    """Run a handler with Dask's client, and return the run's last state according to MLRun."""

    def handler(context):  # type: ignore[no-untyped-def]  # MLRun reads hints, not aliases
        pipeline(context.dask_client)

    try:
        return str(function_of(probe).run(handler=handler, name=probe.run_id).status.state)
    except RunError:
        return "error"


def retry(probe: ProbeContext) -> dict[str, Value]:
    """Use ``submit(retries=)``, which has no delay."""

    def pipeline(client: Any) -> None:
        call, retries = probe.call("flaky"), probe.settings["retries"]
        client.submit(perform, call, retries=retries, pure=False).result()

    return {"state": _state_of(probe, pipeline)}


def _timeout(probe: ProbeContext) -> dict[str, Value]:
    """Use ``result(timeout=)``, and cancel the future; the handler raises the timeout.

    That MLRun's own run then stays ``created`` counts in :func:`partial_failure`, not here.
    """

    def pipeline(client: Any) -> None:
        long = client.submit(perform, probe.call("long"), pure=False)
        try:
            long.result(timeout=probe.settings["timeout_s"])
        except TimeoutError:
            long.cancel()
            raise

    state = _state_of(probe, pipeline)
    probe.mark("told")
    wait_until_idle(probe)
    return {"failed": state != "completed", "state": state}


timeout_sleep = timeout_cpu = _timeout


def wait_until_idle(probe: ProbeContext) -> None:
    """Wait until no task runs: a body may continue in a worker after its future was cancelled."""
    function = function_of(probe)
    tail = function.client.map(abs, range(probe.context.workers), pure=False)
    wait(tail, _PATIENCE_S)


def resources(probe: ProbeContext) -> dict[str, Value]:
    """Set ``with_worker_limits`` of a ``dask`` function."""
    function = function_of(probe)
    function.with_worker_requests(mem=f"{probe.settings['memory_mb']}Mi")
    function.with_worker_limits(mem=f"{probe.settings['memory_mb']}Mi")
    return {"state": run(function, probe.call("hungry")).status.state}


def priority(probe: ProbeContext) -> dict[str, Value]:
    """Use ``submit(priority=)``, with all tasks on one worker."""

    def pipeline(client: Any) -> None:
        one = [next(iter(client.scheduler_info()["workers"]))]
        names = ["first"] + ["low"] * probe.settings["low"]
        futures = [client.submit(perform, probe.call(n), workers=one, pure=False) for n in names]
        urgent = client.submit(perform, probe.call("high"), workers=one, priority=10, pure=False)
        client.gather([*futures, urgent])

    return {"state": _state_of(probe, pipeline)}


def _then(call: dict[str, Any], upstream: Value) -> Value:
    """Run a body once its upstream has a result."""
    return perform(call)


def partial_failure(probe: ProbeContext) -> dict[str, Value]:
    """Let one of two futures fail: only its successors fail with it."""

    def pipeline(client: Any) -> None:
        bad = client.submit(perform, probe.call("bad"), pure=False)
        good = client.submit(perform, probe.call("good"), pure=False)
        last = [
            client.submit(_then, probe.call("after_bad"), bad, pure=False),
            client.submit(_then, probe.call("after_good"), good, pure=False),
        ]
        wait(last)
        client.gather(last)

    state = _state_of(probe, pipeline)
    return {"failed": state == "error", "state": state}


def fail_fast(probe: ProbeContext) -> dict[str, Value]:
    """Use ``gather``, which raises the first error; the handler cancels the other futures."""

    def pipeline(client: Any) -> None:
        bad = client.submit(perform, probe.call("bad"), pure=False)
        slow = client.submit(perform, probe.call("slow"), pure=False)
        later = client.submit(_then, probe.call("later"), slow, pure=False)
        try:
            client.gather([bad, later], errors="raise")
        except ValueError:
            client.cancel([slow, later])
            raise

    state = _state_of(probe, pipeline)
    wait_until_idle(probe)
    return {"failed": state != "completed", "state": state}


def cancel(probe: ProbeContext) -> dict[str, Value]:
    """Cancel the futures of the steps, while the run is in a thread."""
    futures: list[Future] = []
    clients: list[Any] = []

    def pipeline(client: Any) -> None:
        clients.append(client)
        futures.append(client.submit(perform, probe.call("slow"), pure=False))
        futures.append(client.submit(_then, probe.call("later"), futures[0], pure=False))
        futures[-1].result()

    thread = threading.Thread(target=_state_of, args=(probe, pipeline), daemon=True)
    thread.start()
    probe.wait_for("slow")
    probe.mark("cancel")
    clients[0].cancel(list(futures))
    thread.join(_PATIENCE_S)
    wait_until_idle(probe)
    return {"state": futures[0].status}


def durable(probe: ProbeContext) -> dict[str, Value]:
    """Run a chain of futures with ``retries=``; a second run starts from the beginning."""

    def pipeline(client: Any) -> None:
        value: Any = 0
        for name in ("one", "two", "three", "four"):
            key = f"{probe.run_id}/{probe.attempt}/{name}"
            value = client.submit(perform, probe.call(name), previous=value, retries=2, key=key)
        value.result(timeout=_PATIENCE_S)

    state = _state_of(probe, pipeline)
    return {"state": "success" if state == "completed" else state}
