"""Flows of deployments, which get their bodies as parameters."""

from __future__ import annotations

from typing import Any

from prefect import flow, pause_flow_run, task
from prefect.cache_policies import INPUTS
from prefect.runtime import flow_run

from adapters.prefect.probes.common import step
from adapters.prefect.probes.probe_json import from_json
from adapters.probing import perform

Calls = dict[str, dict[str, Any]]


def _linked(call: dict[str, Any], previous: int) -> Any:
    return perform(call, previous=previous)


# The call is one of the inputs, so that a run does not take another's results.
_link = task(retries=2, cache_policy=INPUTS, persist_result=True)(_linked)


@flow
def tick(calls: Calls) -> Any:
    """Run one step, for any trigger."""
    return step(calls["tick"]).submit().result()


@flow(persist_result=True, result_serializer="json")
def dated(calls: Calls) -> Any:
    """Run one step with the time that the run was scheduled for."""
    return step(calls["day"]).submit(word=flow_run.scheduled_start_time.isoformat()).result()


@flow
def only(call: dict[str, Any]) -> Any:
    """Run any one step."""
    return step(call).submit().result()


@flow
def lasting(calls: Calls) -> None:
    """Call a long step, then one that a cancelled run must not start."""
    step(calls["slow"])()
    step(calls["later"])()


@flow
def submitted(calls: Calls) -> None:
    """Submit the steps of :func:`lasting` to the task runner."""
    slow = step(calls["slow"]).submit()
    step(calls["later"]).submit(wait_for=[slow]).result()


@flow
def agreed(calls: Calls) -> None:
    """Run two steps, with a pause for consent between them."""
    step(calls["before"]).submit().result()
    pause_flow_run()
    step(calls["after"]).submit().result()


@flow(retries=2, persist_result=True)
def chain(calls: Calls) -> Any:
    """Run a chain of steps whose results outlive the run."""
    value: Any = 0
    for name in ("one", "two", "three", "four"):
        value = _link.with_options(name=name).submit(calls[name], value)
    return value.result()


@flow
def numbered(number: int, calls: Calls) -> Any:
    """Run a step with a parameter that is annotated as a whole number."""
    return step(calls["consumer"]).submit(value=number).result()


@flow
def loud(calls: Calls) -> Any:
    """Run a step that prints and logs."""
    return step(calls["shout"], log_prints=True).submit().result()


@flow(persist_result=True, result_serializer="json")
def hooked(hook: str, probe: dict[str, Any]) -> Any:
    """Run a whole hook by name, on the worker; ``probe`` is from ``probe_json.to_json``."""
    # Imported here, because the modules of hooks import this one.
    from adapters.prefect import probes

    return getattr(probes, hook)(from_json(probe))
