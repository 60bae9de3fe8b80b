"""Prefect: one flow with a task for each step, submitted to the flow's own task runner."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from prefect import Task, flow, get_client, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterName,
    TaskRunFilter,
    TaskRunFilterState,
    TaskRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.futures import PrefectFuture
from prefect.task_runners import ThreadPoolTaskRunner

from adapters.contract import Call, Context, Value, Workload, execute

Flow = Callable[[], Mapping[str, Value]]


@contextmanager
def service(ctx: Context) -> Iterator[None]:
    """Prefect's ephemeral server: the first client starts it, and it ends with the process."""
    with get_client(sync_client=True) as client:
        client.api_healthcheck()
    yield


def build(workload: Workload, ctx: Context) -> Flow:
    """A flow that submits the steps in topological order; futures carry results and order."""
    tasks = {step.id: _task_of(step.id, ctx.call(step)) for step in workload.steps}

    @flow(  # type: ignore[untyped-decorator]  # Prefect is untyped here
        name=workload.name,
        flow_run_name=ctx.run_id,
        task_runner=ThreadPoolTaskRunner(max_workers=ctx.workers),
    )
    def pipeline() -> Mapping[str, Value]:
        futures: dict[str, PrefectFuture[Any]] = {}
        for step in workload.steps:
            inputs = {up: futures[up] for up in step.upstreams}
            futures[step.id] = tasks[step.id].submit(inputs)
        # The last first: a flow that wakes up for each task takes the interpreter from the others.
        for future in reversed(futures.values()):
            future.wait()
        return workload.select({step: future.result() for step, future in futures.items()})

    return pipeline  # type: ignore[no-any-return]  # Prefect is untyped here


def _task_of(name: str, call: Call) -> Task[[dict[str, Any]], Value]:
    """The task of one step; its inputs are futures."""

    # What never changes is closed over and no parameter: Prefect walks through parameters again
    # and again in search of futures.
    def step(inputs: dict[str, Any]) -> Value:
        return execute(call, inputs)

    # Results stay in memory and nothing is reused: the defaults of a task that asks for neither.
    return task(name=name, cache_policy=NO_CACHE, persist_result=False)(step)


def run(flow: Flow, ctx: Context) -> Mapping[str, Value]:
    """Call the flow; it raises what a step raised."""
    return flow()


def engine_count(ctx: Context) -> int | None:
    """Completed task runs of the flow run in Prefect's own database.

    Prefect records task runs after the flow has returned.
    """
    mine = FlowRunFilter(name=FlowRunFilterName(any_=[ctx.run_id]))
    completed = TaskRunFilter(
        state=TaskRunFilterState(type=TaskRunFilterStateType(any_=[StateType.COMPLETED]))
    )
    filters = {"flow_runs": mine.model_dump(mode="json", exclude_unset=True)}
    filters["task_runs"] = completed.model_dump(mode="json", exclude_unset=True)
    with get_client(sync_client=True) as client:
        # The client has no method for this route; reading all task runs would cost far more.
        return int(client.request("POST", "/task_runs/count", json=filters).json())
