"""MLRun functions of a mode, and handlers that run the bodies of probes.

In process a handler runs its body itself. In the distributed mode the function is of kind
``dask``, and its handler submits the body to the cluster.
"""

# Annotations are not deferred: MLRun reads the hints of handlers, and cannot resolve aliases.
from collections.abc import Callable
from typing import Any

import mlrun

from adapters.dask_client import connected
from adapters.probing import Call, ProbeContext, Value, perform

Handler = Callable[..., None]


def project_of(probe: ProbeContext) -> mlrun.projects.MlrunProject:
    """Return a project of the probe's own."""
    folder = str(probe.folder / "project")
    return mlrun.new_project(probe.run_id, context=folder, save=False)


def function_of(probe: ProbeContext, kind: str = "") -> Any:
    """Return the function whose runs are steps, of the mode's kind or of ``kind``."""
    remote = probe.mode == "distributed"
    if remote:
        connected(probe.context)
    kind = kind or ("dask" if remote else "local")
    image = "" if kind == "local" else "mlrun/mlrun"
    function = mlrun.new_function("steps", kind=kind, image=image, project=probe.run_id)
    if kind == "dask":
        function.spec.remote = False  # MLRun's own cluster would need Kubernetes
    return function


def body(context: mlrun.MLClientCtx, call: Call, **arguments: Value) -> Value:
    """Run a body in this process or, with a Dask client, on the cluster; return its result."""
    client = getattr(context, "dask_client", None)
    if client is None:
        return perform(call, **arguments)
    return client.submit(perform, call, **arguments, pure=False).result()


def handler_of(call: Call) -> Handler:
    """Return a handler that runs a body with the run's arguments, and logs its result."""

    def step(context: mlrun.MLClientCtx, arguments: dict[str, Any]) -> None:
        context.log_result("value", body(context, call, **arguments))

    return step


def run(function: Any, call: Call, name: str = "", **arguments: Value) -> mlrun.RunObject:
    """Run one step, and return MLRun's run object."""
    return function.run(
        handler=handler_of(call),
        name=name or call["step"],
        params={"arguments": arguments},
        local=function.kind != "dask",
    )


def value_of(done: mlrun.RunObject) -> Value:
    """Return the logged result; ``run.output()`` would wait forever for a failed run."""
    return (done.status.results or {}).get("value")


def workflow(project: Any, handler: Callable[..., None], name: str, **arguments: Value) -> Any:
    """Run a workflow on the local engine, and return MLRun's status of it."""
    return project.run(
        name,
        workflow_handler=handler,
        arguments=arguments,
        engine="local",
        local=True,
        dirty=True,
    )
