"""MLRun over Dask: one run of a function of kind ``dask``, whose handler submits the steps.

MLRun records the run, but not its steps: they are Dask tasks, as in MLRun's documentation.
"""

# Annotations are not deferred: MLRun reads the hints of handlers, and cannot resolve aliases.
from collections.abc import Callable, Mapping

import mlrun
from distributed import Future

from adapters.contract import Context, Value, Workload, execute, no_engine_count
from adapters.dask_client import connected, service

__all__ = ["build", "engine_count", "run", "service"]

engine_count = no_engine_count

Flow = tuple[mlrun.runtimes.DaskCluster, Callable[[mlrun.MLClientCtx], None], Workload]


def build(workload: Workload, ctx: Context) -> Flow:
    """Return the function, and the handler that submits the steps to the cluster."""
    function = mlrun.new_function("steps", kind="dask", project=workload.name.replace("_", "-"))
    function.spec.remote = False  # MLRun's own cluster would need Kubernetes

    def pipeline(context: mlrun.MLClientCtx) -> None:
        client = context.dask_client
        futures: dict[str, Future] = {}
        for step in workload.steps:
            inputs = {up: futures[up] for up in step.upstreams}
            call = ctx.call(step)
            # A new key in every run, unlike any string in a call, which Dask would replace.
            key = f"{ctx.run_id}/{step.id}"
            futures[step.id] = client.submit(execute, call, inputs, key=key)
        for name, value in workload.select(client.gather(futures)).items():
            context.log_result(name, value)

    return function, pipeline, workload


def run(flow: Flow, ctx: Context) -> Mapping[str, Value]:
    """Run the function in this process; its results are the outputs."""
    connected(ctx)
    function, pipeline, workload = flow
    done = function.run(handler=pipeline, name=ctx.run_id)
    if done.status.state != "completed":
        raise RuntimeError(f"the run is {done.status.state}: {done.status.error}")
    return {name: done.status.results.get(name) for name in workload.outputs}
