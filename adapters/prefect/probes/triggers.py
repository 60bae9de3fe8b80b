"""What starts, holds and ends runs: deployments, automations, and states that the API is told."""

from __future__ import annotations

from typing import Any

from prefect import get_client
from prefect.events import emit_event
from prefect.states import Cancelling

from adapters.prefect.probes.deployments import deployed, started
from adapters.prefect.probes.native import until
from adapters.probing import ProbeContext, Value

_PATIENCE_S = 60.0
_CANCELLED_S = 60.0  # a process has 30 s to end by itself


def cron(probe: ProbeContext) -> dict[str, Value]:
    """A deployment with a schedule."""
    parameters = {"calls": dict(probe.bodies)}
    with deployed(probe, "tick", cron="* * * * *", parameters=parameters):
        probe.mark("scheduled")
        return {"fired": _begun(probe)}


def event_trigger(probe: ProbeContext) -> dict[str, Value]:
    """A deployment with an event trigger, which is an automation of the server's."""
    resource = {"prefect.resource.id": probe.run_id}
    trigger = {
        "enabled": True,
        "expect": ["harness.probed"],
        "match": resource,
        "parameters": {"calls": dict(probe.bodies)},
    }
    with deployed(probe, "tick", triggers=[trigger]):
        probe.mark("sent")
        emit_event("harness.probed", resource)
        fired = _begun(probe)
        if not fired and not _received(probe.run_id):
            raise TimeoutError("the event has not got to the server")
        return {"fired": fired}


def approval(probe: ProbeContext) -> dict[str, Value]:
    """``pause_flow_run`` in the flow, and the API's ``resume``."""
    with started(probe, "agreed") as run, get_client(sync_client=True) as client:
        if not until(lambda: _is(run.id, "PAUSED"), _PATIENCE_S):
            return {"state": str(_state(run.id))}
        probe.mark("waiting")
        _wait(probe)
        probe.mark("approved")
        client.resume_flow_run(run.id)
        until(lambda: _state(run.id).is_final(), _PATIENCE_S)
        return {"state": _state(run.id).name}


def cancel(probe: ProbeContext) -> dict[str, Value]:
    """The state Cancelling, which is what ``prefect flow-run cancel`` sets."""
    with started(probe, "lasting") as run, get_client(sync_client=True) as client:
        probe.wait_for("slow")
        probe.mark("cancel")
        client.set_flow_run_state(run.id, Cancelling())
        until(lambda: _state(run.id).is_final(), _CANCELLED_S)
    return {"state": _state(run.id).name}


def _begun(probe: ProbeContext) -> bool:
    try:
        probe.wait_for("tick", probe.settings["patience_s"])
    except TimeoutError:
        return False
    return True


def _received(resource: str) -> bool:
    wanted = {"event": {"name": ["harness.probed"]}, "resource": {"id": [resource]}}
    with get_client(sync_client=True) as client:
        answer = client.request("POST", "/events/filter", json={"filter": wanted}).json()
    return bool(answer["events"])


def _wait(probe: ProbeContext) -> None:
    """The person thinks it over."""
    until(lambda: False, probe.settings["wait_s"])


def _is(run: Any, kind: str) -> bool:
    return bool(_state(run).type.value == kind)


def _state(run: Any) -> Any:
    with get_client(sync_client=True) as client:
        return client.read_flow_run(run).state
