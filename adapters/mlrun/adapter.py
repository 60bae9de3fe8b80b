"""MLRun: a project whose workflow runs a function for each step on the local engine."""

# No postponed annotations here: MLRun reads a handler's hints and does not know aliases by name.
from collections.abc import Callable, Mapping
from typing import Any

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

#: Runs a handler once, given its name and parameters, and returns MLRun's record of that.
Launch = Callable[..., mlrun.RunObject]


def handler_of(call: Call) -> Callable[[mlrun.MLClientCtx, dict[str, Any]], None]:
    """The handler of one step: MLRun passes parameters in, and carries logged results on."""

    # What never changes is closed over and no parameter: MLRun copies parameters many times.
    def step(context: mlrun.MLClientCtx, inputs: dict[str, Any]) -> None:
        context.log_result("value", execute(call, inputs))

    return step


def build(workload: Workload, ctx: Context) -> Flow:
    """A project with one function, and the workflow handler that MLRun's engine will call."""
    # MLRun's names are Kubernetes', which know no underscore.
    name = workload.name.replace("_", "-")
    project = mlrun.new_project(name, context=str(ctx.folder / "project"), save=False)
    function = project.set_function(mlrun.new_function("steps", kind="local", project=name))
    # Not mlrun.run_function(): the engine would wait for ever for a run that failed, which only an
    # API service marks as ended.
    return flow_of(project, function.run, workload, ctx)


def flow_of(
    project: mlrun.projects.MlrunProject, launch: Launch, workload: Workload, ctx: Context
) -> Flow:
    """The workflow handler, which launches step after step."""
    handlers = {each.id: handler_of(ctx.call(each)) for each in workload.steps}
    results: dict[str, Value] = {}

    def pipeline() -> None:
        for each in workload.steps:
            inputs = {up: results[up] for up in each.upstreams}
            done = launch(
                handler=handlers[each.id], name=each.id, params={"inputs": inputs}, local=True
            )
            # Without an API service a run that failed raises nothing.
            if done.status.state != "completed":
                raise RuntimeError(f"step {each.id} did not complete; the log says why")
            results[each.id] = done.status.results.get("value")

    return project, pipeline, workload, results


def run(flow: Flow, ctx: Context) -> Mapping[str, Value]:
    """Run the workflow on the local engine, which keeps the error that ended it."""
    project, pipeline, workload, results = flow
    status = project.run("main", workflow_handler=pipeline, engine="local", local=True, dirty=True)
    if status.exc is not None:
        raise status.exc
    return workload.select(results)
