"""MLRun with Dask: one run of a function of kind ``dask``, whose handler spreads the steps.

MLRun records the run and not its steps: those are Dask's, as MLRun's documentation has it.
"""

# No postponed annotations here: MLRun reads a handler's hints and does not know aliases by name.
from collections.abc import Callable, Mapping

import mlrun
from distributed import Future

from adapters.contract import Context, Value, Workload, execute, no_engine_count
from adapters.dask_client import connected, service

__all__ = ["build", "engine_count", "run", "service"]

engine_count = no_engine_count

Flow = tuple[mlrun.runtimes.DaskCluster, Callable[[mlrun.MLClientCtx], None], Workload]


def build(workload: Workload, ctx: Context) -> Flow:
    """The function, and the handler that submits the steps to the cluster."""
    function = mlrun.new_function("steps", kind="dask", project=workload.name.replace("_", "-"))
    function.spec.remote = False  # no cluster of MLRun's own: that would need Kubernetes

    def pipeline(context: mlrun.MLClientCtx) -> None:
        client = context.dask_client
        futures: dict[str, Future] = {}
        for step in workload.steps:
            inputs = {up: futures[up] for up in step.upstreams}
            call = ctx.call(step)
            # A key of its own in every run, and none that stands in a call: Dask would replace it.
            key = f"{ctx.run_id}/{step.id}"
            futures[step.id] = client.submit(execute, call, inputs, key=key)
        for name, value in workload.select(client.gather(futures)).items():
            context.log_result(name, value)

    return function, pipeline, workload


def run(flow: Flow, ctx: Context) -> Mapping[str, Value]:
    """Run the function here; its results are the outputs."""
    connected(ctx)
    function, pipeline, workload = flow
    done = function.run(handler=pipeline, name=ctx.run_id)
    if done.status.state != "completed":
        raise RuntimeError(f"the run is {done.status.state}: {done.status.error}")
    return {name: done.status.results.get(name) for name in workload.outputs}
