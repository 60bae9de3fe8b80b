"""Hooks about interfaces: types, parameters, secrets, logs."""

# Annotations are not deferred: MLRun reads the hints of handlers, and cannot resolve aliases.
import json
import os
from functools import partial
from typing import Any

import mlrun
from mlrun.errors import MLRunBaseError
from mlrun.model import EntrypointParam

from adapters.mlrun.probes.functions import body, function_of, project_of, run
from adapters.probing import NeedsServiceError, ProbeContext, Value

_SECRET = "PIPELINE_SECRET"
_LOGS = "https://docs.mlrun.org/en/stable/api/mlrun.db/index.html"
_WORKFLOW = """\
def pipeline(number: int, call: str) -> None:
    from adapters.mlrun.probes.interfaces import consume

    consume(number, call)
"""


def type_mismatch(probe: ProbeContext) -> dict[str, Value]:
    """Pass another run's result to a handler annotated for ``int``."""
    function = function_of(probe)
    local = function.kind != "dask"

    def fed(source: str, sink: str) -> Any:
        def producer(context: mlrun.MLClientCtx) -> None:
            context.log_result("value", body(context, probe.call(source)))

        def consumer(context: mlrun.MLClientCtx, value: int) -> None:
            context.log_result("value", body(context, probe.call(sink), value=value))

        made = function.run(handler=producer, name=source, local=local)
        value = made.status.results["value"]
        return function.run(handler=consumer, name=sink, params={"value": value}, local=local)

    fed("number", "control")
    done = fed("producer", "consumer")
    if done.status.state == "completed":
        return {"rejected": "never"}
    return {"rejected": "run", "error": done.status.error or done.status.state}


def consume(number: int, call: str) -> None:
    """Run the one step of the workflow in the project's file."""

    def consumer(context: mlrun.MLClientCtx, value: int) -> None:
        context.log_result("value", body(context, json.loads(call), value=value))

    function = mlrun.new_function("steps", kind="local")
    function.run(handler=consumer, name="consumer", params={"value": number}, local=True)


def bad_parameter(probe: ProbeContext) -> dict[str, Value]:
    """Set ``args_schema`` of a project's workflow."""
    project = project_of(probe)
    file = probe.folder / "project" / "workflow.py"
    file.parent.mkdir(exist_ok=True)
    file.write_text(_WORKFLOW)
    schema = [EntrypointParam("number", type="int", required=True)]
    project.set_workflow("main", file.name, handler="pipeline", engine="local", args_schema=schema)
    start = partial(project.run, "main", engine="local", local=True, dirty=True)
    call = json.dumps(probe.call("consumer"))
    start(arguments={"number": probe.settings["right"], "call": call})
    probe.mark("wrong")
    try:
        status = start(arguments={"number": probe.settings["wrong"], "call": call})
    except MLRunBaseError as error:
        return {"rejected": True, "error": str(error)}
    return {"rejected": status.exc is not None, "error": str(status.exc)}


def secrets(probe: ProbeContext) -> dict[str, Value]:
    """Use ``with_secrets``: a task names a variable, and its handler reads it by the context."""
    os.environ[_SECRET] = probe.settings["secret"]

    def use(context: mlrun.MLClientCtx) -> None:
        context.log_result("value", body(context, probe.call("use"), text=_secret_of(context)))

    function = function_of(probe)
    task = mlrun.new_task("use", handler=use).with_secrets("env", _SECRET)
    done = function.run(task, local=function.kind != "dask")
    return {"digest": done.status.results.get("value")}


def _secret_of(context: Any) -> str:
    return str(context.get_secret(_SECRET))


def step_logs(probe: ProbeContext) -> dict[str, Value]:
    """Call ``get_log`` of the run database."""
    done = run(function_of(probe), probe.call("shout"))
    found = mlrun.get_run_db().get_log(done.metadata.uid, done.metadata.project)
    if found is None:
        raise NeedsServiceError("logs are kept by the API service: get_log() returns None", _LOGS)
    return {"text": found[1].decode()}
