"""Helpers of all hooks: tasks of bodies, flows of a mode, and runs in the API."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from prefect import flow, get_client, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterName
from prefect.task_runners import ThreadPoolTaskRunner

from adapters.probing import Call, ProbeContext, Value, perform

POLL_S = 0.25


def step(call: Call, **options: Any) -> Any:
    """Return the task of a body, which takes the body's arguments by name."""

    def body(**arguments: Value) -> Value:
        return perform(call, **arguments)

    return task(name=call["step"], **{"cache_policy": NO_CACHE, **options})(body)


def pipeline(probe: ProbeContext, **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Return a decorator that makes a flow of the mode, whose run has the probe's run id."""
    settings = {"flow_run_name": probe.run_id, "task_runner": runner(probe), **options}
    return flow(name=probe.run_id, **settings)


def runner(probe: ProbeContext, width: int = 0) -> Any:
    """Return the mode's task runner, in threads for at least ``width`` tasks at once."""
    if probe.mode == "distributed":
        # Its package takes long to import, and only this mode needs it.
        from prefect_dask import DaskTaskRunner

        return DaskTaskRunner(address=probe.context.services.url("dask"))
    return ThreadPoolTaskRunner(max_workers=max(width, probe.context.workers))


def found(name: str) -> Any:
    """Return the latest flow run of this name from the API; None without one."""
    mine = FlowRunFilter(name=FlowRunFilterName(any_=[name]))
    with get_client(sync_client=True) as client:
        runs = client.read_flow_runs(flow_run_filter=mine)
    return max(runs, key=lambda run: run.created, default=None)


def until(condition: Callable[[], Any], patience_s: float) -> Any:
    """Return the first true value of ``condition()``, or the last one after ``patience_s``."""
    end = time.monotonic() + patience_s
    while not (given := condition()) and time.monotonic() < end:
        time.sleep(POLL_S)
    return given
