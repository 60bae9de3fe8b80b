"""Prefect: one flow with a task for each step, submitted to the flow's own task runner."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from prefect import flow, get_client, task
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

from adapters.contract import Context, Value, Workload, execute

Flow = Callable[[], Mapping[str, Value]]


@contextmanager
def service(ctx: Context) -> Iterator[None]:
    """Prefect's ephemeral server: the first client starts it, and it ends with the process."""
    with get_client(sync_client=True) as client:
        client.api_healthcheck()
    yield


def build(workload: Workload, ctx: Context) -> Flow:
    """A flow that submits the steps in topological order; futures carry results and order."""
    # Results stay in memory and nothing is reused: the defaults of a task that asks for neither.
    tasks = {
        step.id: task(execute, name=step.id, cache_policy=NO_CACHE, persist_result=False)
        for step in workload.steps
    }

    @flow(  # type: ignore[untyped-decorator]  # Prefect is untyped here
        name=workload.name,
        flow_run_name=ctx.run_id,
        task_runner=ThreadPoolTaskRunner(max_workers=ctx.workers),
    )
    def pipeline() -> Mapping[str, Value]:
        futures: dict[str, PrefectFuture[Any]] = {}
        for step in workload.steps:
            inputs = {up: futures[up] for up in step.upstreams}
            futures[step.id] = tasks[step.id].submit(ctx.call(step), inputs)
        return workload.select({step: future.result() for step, future in futures.items()})

    return pipeline  # type: ignore[no-any-return]  # Prefect is untyped here


def run(flow: Flow, ctx: Context) -> Mapping[str, Value]:
    """Call the flow; it raises what a step raised."""
    return flow()


def engine_count(ctx: Context) -> int | None:
    """Completed task runs of the flow run in Prefect's own database.

    Prefect records task runs after the flow has returned.
    """
    completed = TaskRunFilterStateType(any_=[StateType.COMPLETED])
    with get_client(sync_client=True) as client:
        flow_filter = FlowRunFilter(name=FlowRunFilterName(any_=[ctx.run_id]))
        task_filter = TaskRunFilter(state=TaskRunFilterState(type=completed))
        count, page = (
            0,
            client.read_task_runs(
                flow_run_filter=flow_filter, task_run_filter=task_filter, limit=200
            ),
        )
        while page:
            count += len(page)
            page = client.read_task_runs(
                flow_run_filter=flow_filter, task_run_filter=task_filter, limit=200, offset=count
            )
        return count
