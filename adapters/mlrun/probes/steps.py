"""Hooks about settings of one run; MLRun's API accepts each of them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from mlrun.errors import MLRunInvalidArgumentError
from mlrun.model import Retry

from adapters.mlrun.probes.functions import function_of, handler_of, project_of, run, workflow
from adapters.mlrun.probes.hyperparameters import over
from adapters.probing import NeedsServiceError, ProbeContext, Value

_RUNTIMES = "https://docs.mlrun.org/en/latest/runtimes/job-function.html"


def retry(probe: ProbeContext) -> dict[str, Value]:
    """Set ``retry=`` of a job's run, with the delay as backoff.

    A local run warns that it ignores the setting, which counts as a refusal.
    """
    settings = probe.settings
    with _warnings() as warned:
        done = function_of(probe, "job").run(
            handler=handler_of(probe.call("flaky")),
            params={"arguments": {}},
            local=True,
            retry=Retry(
                count=settings["retries"], backoff={"base_delay": f"{settings['delay_s']}s"}
            ),
        )
    if refusals := [text for text in warned if "retry" in text.lower()]:
        raise NeedsServiceError(f"MLRun warns: {refusals[0]}", _RUNTIMES)
    return {"state": done.status.state}


@contextmanager
def _warnings() -> Iterator[list[str]]:
    """Collect MLRun's warnings in the block, which our log level for MLRun would hide."""
    said: list[str] = []

    class _Heard(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage())

    log, heard = logging.getLogger("mlrun"), _Heard(logging.WARNING)
    level = log.level
    log.addHandler(heard)
    log.setLevel(logging.WARNING)
    try:
        yield said
    finally:
        log.removeHandler(heard)
        log.setLevel(level)


def _timeout(probe: ProbeContext) -> dict[str, Value]:
    """Set ``state_thresholds``, which end a run that executes for too long."""
    done = function_of(probe, "job").run(
        handler=handler_of(probe.call("long")),
        params={"arguments": {}},
        local=True,
        state_thresholds={"executing": f"{probe.settings['timeout_s']:g}s"},
    )
    probe.mark("told")
    return {"failed": done.status.state != "completed", "state": done.status.state}


timeout_sleep = timeout_cpu = _timeout


def resources(probe: ProbeContext) -> dict[str, Value]:
    """Set ``with_requests`` and ``with_limits`` of a job."""
    function = function_of(probe, "job")
    function.with_requests(mem=f"{probe.settings['memory_mb']}Mi")
    function.with_limits(mem=f"{probe.settings['memory_mb']}Mi")
    return {"state": run(function, probe.call("hungry")).status.state}


def priority(probe: ProbeContext) -> dict[str, Value]:
    """Set ``with_priority_class`` of a job; only the service has a list of classes."""
    urgent = function_of(probe, "job")
    try:
        urgent.with_priority_class("high")
    except MLRunInvalidArgumentError as error:
        raise NeedsServiceError(
            f"priority classes are the cluster's, and listed by the service: {error}", _RUNTIMES
        ) from None
    run(urgent, probe.call("high"))
    return {}


def concurrency_limit(probe: ProbeContext) -> dict[str, Value]:
    """Set ``parallel_runs`` of hyper-parameters, which run on Dask."""
    width = probe.settings["width"]
    over(probe, "free", range(width), parallel=width)
    over(probe, "limited", range(width), parallel=probe.settings["limit"])
    return {}


def durable(probe: ProbeContext) -> dict[str, Value]:
    """Run a workflow; without a service a second run starts from the beginning."""
    function = function_of(probe)
    values: list[Value] = [0]

    def pipeline() -> None:
        for name in ("one", "two", "three", "four"):
            done = run(function, probe.call(name), previous=values[-1])
            if done.status.state != "completed":
                raise RuntimeError(f"step {name} did not complete")
            values.append(done.status.results["value"])

    status = workflow(project_of(probe), pipeline, "main")
    return {"state": "success" if status.exc is None else str(status.exc)}
