"""Prefect over Dask: its server, and tasks on the workers of a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from prefect import flow
from prefect_dask import DaskTaskRunner

from adapters.contract import Context, Value, Workload
from adapters.prefect.adapter import engine_count, run
from adapters.prefect.pipeline import submitted, tasks_of
from adapters.prefect.server import serving

__all__ = ["build", "engine_count", "run", "service"]


@contextmanager
def service(ctx: Context) -> Iterator[None]:
    """Start the server on PostgreSQL; the harness starts the cluster."""
    with serving(ctx):
        yield


def build(workload: Workload, ctx: Context) -> Callable[[], Mapping[str, Value]]:
    """Return a flow that runs in this process, its tasks on the cluster."""
    tasks = tasks_of(workload, ctx.call)

    @flow(  # type: ignore[untyped-decorator]  # Prefect is untyped here
        name=workload.name,
        flow_run_name=ctx.run_id,
        task_runner=DaskTaskRunner(address=ctx.services.url("dask")),
    )
    def pipeline() -> Mapping[str, Value]:
        return submitted(workload, tasks)

    return pipeline  # type: ignore[no-any-return]  # Prefect is untyped here
