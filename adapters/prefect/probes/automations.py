"""Automations that restart a deployment's runs whose process was lost.

Retries cannot: the lost process would have to count them.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from prefect.automations import Automation
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import EventTrigger, Posture

_RUN = "prefect.flow-run."
_BEAT = f"{_RUN}heartbeat"
_HEARTBEAT_S, _SILENT_S = 30, 120  # Prefect's minimum; and time for a process to start
#: From these states on heartbeats are expected: a run may be lost before its first one.
_BEGUN = {f"{_RUN}{state}" for state in ("Pending", "Running")}
_ENDS = {f"{_RUN}{state}" for state in ("Completed", "Failed", "Cancelled", "Crashed")}

#: Environment of flows' processes. A server without its database answers with 500; by default a
#: flow then gives up.
PATIENT = {
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": str(_HEARTBEAT_S),
    "PREFECT_CLIENT_RETRY_EXTRA_CODES": "500",
}


def revive(deployment: Any) -> None:
    """Create automations that schedule each crashed or silent run of a deployment again.

    https://docs.prefect.io/v3/advanced/detect-zombie-flows
    """
    crashed = {"posture": Posture.Reactive, "expect": {f"{_RUN}Crashed"}}
    silent = {
        "posture": Posture.Proactive,
        "after": {*_BEGUN, _BEAT},
        "expect": {_BEAT, *_ENDS},
        "within": timedelta(seconds=_SILENT_S),
    }
    again = ChangeFlowRunState(state=StateType.SCHEDULED, name="AwaitingRetry", force=True)
    for name, trigger in (("crashed", crashed), ("silent", silent)):
        mine = EventTrigger(
            match={"prefect.resource.id": "prefect.flow-run.*"},
            match_related={"prefect.resource.id": f"prefect.deployment.{deployment}"},
            for_each={"prefect.resource.id"},
            **trigger,
        )
        Automation(name=f"{name}-{deployment}", trigger=mine, actions=[again]).create()
