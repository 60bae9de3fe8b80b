"""Plain Python over Dask: the baseline of engines that run steps on several hosts."""

from __future__ import annotations

from collections.abc import Mapping

from distributed import Future

from adapters.contract import Context, Value, Workload, execute, no_engine_count
from adapters.dask_client import connected, service

__all__ = ["build", "engine_count", "run", "service"]

engine_count = no_engine_count


def build(workload: Workload, ctx: Context) -> Workload:
    """Return the workload, which needs no translation."""
    return workload


def run(flow: Workload, ctx: Context) -> Mapping[str, Value]:
    """Submit all steps at once; futures carry results and order."""
    client = connected(ctx)
    futures: dict[str, Future] = {}
    for step in flow.steps:
        inputs = {up: futures[up] for up in step.upstreams}
        # A key of its own in every run, or Dask would return an earlier run's result.
        key = f"{ctx.run_id}/{step.id}"
        futures[step.id] = client.submit(execute, ctx.call(step), inputs, key=key)
    returned = {ref.step for ref in flow.outputs.values()}
    # All of them: a failure of a step without a successor must not go unnoticed.
    results = client.gather(futures)
    return flow.select({name: results[name] for name in returned})
