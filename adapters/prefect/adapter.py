"""Prefect in one process: a flow with a task for each step, submitted to its task runner."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from prefect import flow, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterName,
    TaskRunFilter,
    TaskRunFilterState,
    TaskRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.task_runners import ThreadPoolTaskRunner

from adapters.contract import Context, Value, Workload
from adapters.prefect.pipeline import submitted, tasks_of

Flow = Callable[[], Mapping[str, Value]]


@contextmanager
def service(ctx: Context) -> Iterator[None]:
    """Start Prefect's ephemeral server by a first client; it ends with the process."""
    with get_client(sync_client=True) as client:
        client.api_healthcheck()
    yield


def build(workload: Workload, ctx: Context) -> Flow:
    """Return a flow that runs in this process, its tasks in threads."""
    tasks = tasks_of(workload, ctx.call)

    @flow(  # type: ignore[untyped-decorator]  # Prefect is untyped here
        name=workload.name,
        flow_run_name=ctx.run_id,
        task_runner=ThreadPoolTaskRunner(max_workers=ctx.workers),
    )
    def pipeline() -> Mapping[str, Value]:
        return submitted(workload, tasks)

    return pipeline  # type: ignore[no-any-return]  # Prefect is untyped here


def run(flow: Flow, ctx: Context) -> Mapping[str, Value]:
    """Call the flow; it raises the error of a failed step."""
    return flow()


def engine_count(ctx: Context) -> int | None:
    """Return the number of completed task runs of the flow run in Prefect's own database.

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
