"""Flows that deployments are made of, and that are told their bodies as parameters."""

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


# The call is one of the inputs, so that no run takes another's results.
_link = task(retries=2, cache_policy=INPUTS, persist_result=True)(_linked)


@flow
def tick(calls: Calls) -> Any:
    """One step, for whatever triggers it."""
    return step(calls["tick"]).submit().result()


@flow(persist_result=True, result_serializer="json")
def dated(calls: Calls) -> Any:
    """One step, which is told the time that the run was scheduled for."""
    return step(calls["day"]).submit(word=flow_run.scheduled_start_time.isoformat()).result()


@flow
def only(call: dict[str, Any]) -> Any:
    """One step, whichever it is."""
    return step(call).submit().result()


@flow
def lasting(calls: Calls) -> None:
    """A long step, and one that a cancelled run must not get to; each called, one by one."""
    step(calls["slow"])()
    step(calls["later"])()


@flow
def submitted(calls: Calls) -> None:
    """The same, submitted to the task runner."""
    slow = step(calls["slow"]).submit()
    step(calls["later"]).submit(wait_for=[slow]).result()


@flow
def agreed(calls: Calls) -> None:
    """Two steps, and a consent between them."""
    step(calls["before"]).submit().result()
    pause_flow_run()
    step(calls["after"]).submit().result()


@flow(retries=2, persist_result=True)
def chain(calls: Calls) -> Any:
    """Steps behind each other whose results outlive the run."""
    value: Any = 0
    for name in ("one", "two", "three", "four"):
        value = _link.with_options(name=name).submit(calls[name], value)
    return value.result()


@flow
def numbered(number: int, calls: Calls) -> Any:
    """A flow with a parameter that is declared as a whole number."""
    return step(calls["consumer"]).submit(value=number).result()


@flow
def loud(calls: Calls) -> Any:
    """A step that says something."""
    return step(calls["shout"], log_prints=True).submit().result()


@flow(persist_result=True, result_serializer="json")
def hooked(hook: str, probe: dict[str, Any]) -> Any:
    """A whole hook, for a worker to run."""
    # Hooks use this module.
    from adapters.prefect import probes

    return getattr(probes, hook)(from_json(probe))
