"""MLRun in one process: a project workflow that runs a function for each step."""

# Annotations are not deferred: MLRun reads the hints of handlers, and cannot resolve aliases.
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

#: A function that runs a handler once, by name and parameters, and returns MLRun's run object.
Launch = Callable[..., mlrun.RunObject]


def handler_of(call: Call) -> Callable[[mlrun.MLClientCtx, dict[str, Any]], None]:
    """Return the handler of one step, which gets parameters from MLRun and logs its result."""

    # Constants are closed over, not parameters: MLRun copies parameters many times.
    def step(context: mlrun.MLClientCtx, inputs: dict[str, Any]) -> None:
        context.log_result("value", execute(call, inputs))

    return step


def build(workload: Workload, ctx: Context) -> Flow:
    """Return a project with one function, and the workflow handler for MLRun's engine."""
    # MLRun's names are those of Kubernetes, without underscores.
    name = workload.name.replace("_", "-")
    project = mlrun.new_project(name, context=str(ctx.folder / "project"), save=False)
    function = project.set_function(mlrun.new_function("steps", kind="local", project=name))
    # Not mlrun.run_function(): the engine would wait forever for a failed run, which only an API
    # service marks as ended.
    return flow_of(project, function.run, workload, ctx)


def flow_of(
    project: mlrun.projects.MlrunProject, launch: Launch, workload: Workload, ctx: Context
) -> Flow:
    """Return the workflow handler, which launches one step after another."""
    handlers = {each.id: handler_of(ctx.call(each)) for each in workload.steps}
    results: dict[str, Value] = {}

    def pipeline() -> None:
        for each in workload.steps:
            inputs = {up: results[up] for up in each.upstreams}
            done = launch(
                handler=handlers[each.id], name=each.id, params={"inputs": inputs}, local=True
            )
            # Without an API service a failed run does not raise.
            if done.status.state != "completed":
                raise RuntimeError(f"step {each.id} did not complete; its log has the reason")
            results[each.id] = done.status.results.get("value")

    return project, pipeline, workload, results


def run(flow: Flow, ctx: Context) -> Mapping[str, Value]:
    """Run the workflow on the local engine; raise the error that ended it."""
    project, pipeline, workload, results = flow
    status = project.run("main", workflow_handler=pipeline, engine="local", local=True, dirty=True)
    if status.exc is not None:
        raise status.exc
    return workload.select(results)
