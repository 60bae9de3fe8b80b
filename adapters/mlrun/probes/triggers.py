"""What starts and ends a run, asked of a client without a service."""

# No postponed annotations here: MLRun reads a handler's hints and does not know aliases by name.
import threading
from typing import Any

import mlrun
from mlrun.errors import MLRunBaseError

from adapters.mlrun.probes.functions import (
    body,
    function_of,
    handler_of,
    project_of,
    run,
    workflow,
)
from adapters.probing import NeedsServiceError, ProbeContext, Value

_SCHEDULES = "https://docs.mlrun.org/en/stable/concepts/scheduled-jobs.html"
_PATIENCE_S = 60.0


def cron(probe: ProbeContext) -> dict[str, Value]:
    """``schedule=`` of a job's run."""
    try:
        function_of(probe, "job").run(
            handler=handler_of(probe.call("tick")),
            params={"arguments": {}},
            schedule="* * * * *",
            local=True,
        )
    except MLRunBaseError as error:
        raise NeedsServiceError(f"a schedule is kept by the service: {error}", _SCHEDULES) from None
    probe.mark("scheduled")
    probe.wait_for("tick", probe.settings["patience_s"])
    return {}


def cancel(probe: ProbeContext) -> dict[str, Value]:
    """``abort_run``, while the workflow is in a thread."""
    function, uid = function_of(probe), []

    def slow(context: mlrun.MLClientCtx, arguments: dict[str, Any]) -> None:
        uid.append(context.uid)
        context.log_result("value", body(context, probe.call("slow")))

    def pipeline() -> None:
        function.run(
            handler=slow,
            name="slow",
            params={"arguments": {}},
            local=function.kind != "dask",
        )
        run(function, probe.call("later"))

    project = project_of(probe)
    thread = threading.Thread(target=workflow, args=(project, pipeline, "main"), daemon=True)
    thread.start()
    probe.wait_for("slow")
    probe.mark("cancel")
    mlrun.get_run_db().abort_run(uid[0], project.name)
    thread.join(_PATIENCE_S)
    return {"ended": not thread.is_alive()}
