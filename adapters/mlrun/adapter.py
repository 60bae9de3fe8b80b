"""MLRun: a project whose workflow runs a function for each step on the local engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import mlrun

from adapters.contract import (
    Call,
    Context,
    Value,
    Workload,
    execute,
    no_engine_count,
    no_service,
)

service = no_service
engine_count = no_engine_count

Flow = tuple[mlrun.projects.MlrunProject, Callable[[], None], Workload, dict[str, Value]]


def step(context: mlrun.MLClientCtx, call: Call, inputs: dict[str, Value]) -> None:
    """Any step: MLRun passes parameters in, and carries logged results on."""
    context.log_result("value", execute(call, inputs))


def build(workload: Workload, ctx: Context) -> Flow:
    """A project with one function, and the workflow handler that MLRun's engine will call."""
    # MLRun's names are Kubernetes', which know no underscore.
    name = workload.name.replace("_", "-")
    project = mlrun.new_project(name, context=str(ctx.folder / "project"), save=False)
    project.set_function(mlrun.new_function("steps", kind="local", project=name))
    results: dict[str, Value] = {}

    def pipeline() -> None:
        for each in workload.steps:
            inputs = {up: results[up] for up in each.upstreams}
            params = {"call": ctx.call(each), "inputs": inputs}
            done = mlrun.run_function(
                "steps", handler=step, name=each.id, params=params, local=True
            )
            # Without an API service a handler that failed does not raise.
            if done.status.state != "completed":
                raise RuntimeError(f"step {each.id} is {done.status.state}: {done.status.error}")
            results[each.id] = done.status.results.get("value")

    return project, pipeline, workload, results


def run(flow: Flow, ctx: Context) -> Mapping[str, Value]:
    """Run the workflow on the local engine, which keeps the error that ended it."""
    project, pipeline, workload, results = flow
    status = project.run("main", workflow_handler=pipeline, engine="local", local=True, dirty=True)
    if status.exc is not None:
        raise status.exc
    return workload.select(results)
