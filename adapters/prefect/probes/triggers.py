"""Hooks about starts and ends of runs: deployments, automations, and states set by the API."""

from __future__ import annotations

import functools
from datetime import datetime
from typing import Any
from uuid import UUID

from prefect import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.events import emit_event
from prefect.states import Cancelling

from adapters.prefect.probes.common import until
from adapters.prefect.probes.deployments import deployed, started
from adapters.probing import ProbeContext, Value

_PATIENCE_S = 60.0
_CANCELLED_S = 60.0  # a process has 30 s to end by itself


def cron(probe: ProbeContext) -> dict[str, Value]:
    """Deploy a flow with a schedule."""
    parameters = {"calls": dict(probe.bodies)}
    with deployed(probe, "tick", cron="* * * * *", parameters=parameters):
        probe.mark("scheduled")
        return {"fired": _begun(probe)}


def event_trigger(probe: ProbeContext) -> dict[str, Value]:
    """Deploy a flow with an event trigger, an automation of the server, and emit the event."""
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
            raise TimeoutError("the server has not received the event")
        return {"fired": fired}


def backfill(probe: ProbeContext) -> dict[str, Value]:
    """Request the runs of a daily schedule between two past dates from the API."""
    parameters = {"calls": dict(probe.bodies)}
    days = probe.settings["days"]
    with (
        get_client(sync_client=True) as client,
        deployed(probe, "dated", cron="0 0 * * *", parameters=parameters) as full,
    ):
        deployment = client.read_deployment_by_name(full).id
        client.request(
            "POST",
            "/deployments/{id}/schedule",
            path_params={"id": deployment},
            json={
                "start_time": f"{days[0]}T00:00:00Z",
                "end_time": f"{days[-1]}T00:00:00Z",
                "min_runs": len(days),
            },
        )
        runs = until(lambda: _ended(deployment, days[-1], len(days)), probe.settings["patience_s"])
        return {"days": [run.state.result() for run in runs]}


def approval(probe: ProbeContext) -> dict[str, Value]:
    """Pause the flow by ``pause_flow_run``, and resume it by the API."""
    with started(probe, "agreed") as run, get_client(sync_client=True) as client:
        if not until(lambda: _is(run.id, "PAUSED"), _PATIENCE_S):
            return {"state": str(_state(run.id))}
        probe.mark("waiting")
        _wait(probe)
        probe.mark("approved")
        client.resume_flow_run(run.id)
        until(functools.partial(_is_final, run.id), _PATIENCE_S)
        return {"state": _state(run.id).name}


def cancel(probe: ProbeContext) -> dict[str, Value]:
    """Set the state Cancelling, as ``prefect flow-run cancel`` does.

    First for a flow that calls its tasks, then for one that submits them.
    """
    states: list[Value] = []
    for number, name in enumerate(("lasting", "submitted"), 1):
        with started(probe, name) as run, get_client(sync_client=True) as client:
            probe.wait_for("slow", attempts=number)
            probe.mark("cancel")
            client.set_flow_run_state(run.id, Cancelling())
            until(functools.partial(_is_final, run.id), _CANCELLED_S)
        states.append(_state(run.id).name)
    return {"called, submitted": states}


def _ended(deployment: UUID, until_day: str, wanted: int) -> list[FlowRun]:
    """Return a deployment's completed runs up to a day, or [] below the number wanted."""
    last = datetime.fromisoformat(f"{until_day}T00:00:00+00:00")
    past = FlowRunFilter(
        deployment_id=FlowRunFilterDeploymentId(any_=[deployment]),
        expected_start_time=FlowRunFilterExpectedStartTime(before_=last),
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.COMPLETED])),
    )
    with get_client(sync_client=True) as client:
        runs = client.read_flow_runs(flow_run_filter=past)
    return runs if len(runs) >= wanted else []


def _is_final(run: UUID) -> bool:
    return bool(_state(run).is_final())


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
    """Wait as long as the person who has to approve."""
    until(lambda: False, probe.settings["wait_s"])


def _is(run: Any, kind: str) -> bool:
    return bool(_state(run).type.value == kind)


def _state(run: Any) -> Any:
    with get_client(sync_client=True) as client:
        return client.read_flow_run(run).state
