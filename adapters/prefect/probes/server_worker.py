"""Hooks for Prefect with a worker: a deployment's flow does the work, in its own process."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx
from prefect import get_client
from prefect.client.schemas.actions import WorkPoolUpdate
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.deployments import run_deployment
from prefect.exceptions import PrefectHTTPStatusError
from prefect.states import Scheduled

from adapters.prefect.probes.automations import PATIENT, revive
from adapters.prefect.probes.common import found, until
from adapters.prefect.probes.deployments import POOL, deployed, on_the_pool
from adapters.prefect.probes.interfaces import (  # noqa: F401  # some are hooks as they are
    api_auth,
    bad_parameter,
    keep_secret,
    step_logs,
)
from adapters.prefect.probes.probe_json import to_json
from adapters.prefect.probes.triggers import (  # noqa: F401  # hooks as they are
    approval,
    backfill,
    cancel,
    cron,
    event_trigger,
)
from adapters.probing import ProbeContext, Value

Hook = Callable[[ProbeContext], dict[str, Value]]

_POLL_S = 0.5
_QUIET_S = 240.0  # without news a run is taken for lost
_RETRIES = 3
_ALL_S = 240.0


def _on_the_worker(name: str) -> Hook:
    """Return the hook of that name, run as the flow of a deployment."""

    def hook(probe: ProbeContext) -> dict[str, Value]:
        with deployed(probe, "hooked") as full:
            parameters = {"hook": name, "probe": to_json(probe)}
            run = run_deployment(
                full, parameters=parameters, poll_interval=_POLL_S, as_subflow=False
            )
            answer: dict[str, Value] = run.state.result()
            return answer

    return hook


branch, dynamic_fan_out, loop = map(_on_the_worker, ("branch", "dynamic_fan_out", "loop"))
fail_fast, partial_failure = map(_on_the_worker, ("fail_fast", "partial_failure"))
sub_workflow, type_mismatch = map(_on_the_worker, ("sub_workflow", "type_mismatch"))
retry, retry_on, caching = map(_on_the_worker, ("retry", "retry_on", "caching"))
timeout_cpu, timeout_sleep = map(_on_the_worker, ("timeout_cpu", "timeout_sleep"))
concurrency_limit, user_interface = map(_on_the_worker, ("concurrency_limit", "user_interface"))
lineage, tracking = map(_on_the_worker, ("lineage", "tracking"))
_use_secret = _on_the_worker("use_secret")  # separate, to keep the secret out of parameters


def secrets(probe: ProbeContext) -> dict[str, Value]:
    """Save the secret in the client, then use it in a task on the worker."""
    keep_secret(probe)
    return _use_secret(probe)


def durable(probe: ProbeContext) -> dict[str, Value]:
    """Run a deployment, with automations that schedule a lost run again.

    The worker restarts it, and finished steps, whose results are persisted, do not run again. If
    that fails, retry it as ``prefect flow-run retry`` does.
    """
    # Deployed permanently: a run whose deployment is deleted cannot be retried.
    full = on_the_pool(probe, "chain", job_variables={"env": PATIENT})
    run = found(probe.run_id)
    if run is None:
        with get_client(sync_client=True) as client:
            revive(client.read_deployment_by_name(full).id)
        parameters = {"calls": dict(probe.bodies)}
        run = run_deployment(
            full, parameters=parameters, flow_run_name=probe.run_id, timeout=0, as_subflow=False
        )
    state = _watched(run.id)
    alone = bool(state.is_completed())
    if not alone and probe.attempt > 1:
        state = _retried(run.id)
    with get_client(sync_client=True) as client:
        history = [
            f"{each.name} {each.timestamp:%T}" for each in client.read_flow_run_states(run.id)
        ]
    name = "success" if state.is_completed() else state.name
    return {"state": name, "alone": alone, "history": history}


def _retried(run: Any) -> Any:
    """Retry a run, and return its last state.

    Several times if necessary: the worker reports the crash of a process late, even for a run that
    has been retried since.
    """
    for _ in range(_RETRIES):
        with get_client(sync_client=True) as client:
            client.set_flow_run_state(run, Scheduled(message="Retried"), force=True)
        state = _watched(run)
        if state.is_completed():
            break
    return state


def priority(probe: ProbeContext) -> dict[str, Value]:
    """Use work queues of a pool that runs one flow at a time."""
    with get_client(sync_client=True) as client, deployed(probe, "only") as full:
        # The default queue comes first; so these come after it, in this order.
        for name, rank in (("urgent", 2), ("patient", 3)):
            client.create_work_queue(name, priority=rank, work_pool_name=POOL)
        client.update_work_pool(POOL, WorkPoolUpdate(concurrency_limit=1))
        queue = ["first", *["low"] * probe.settings["low"], "high"]
        runs = []
        for body in queue:
            runs.append(
                run_deployment(
                    full,
                    parameters={"call": probe.call(body)},
                    work_queue_name="urgent" if body == "high" else "patient",
                    timeout=0,
                    as_subflow=False,
                )
            )
            if body == "first":
                probe.wait_for("first")
        until(lambda: all(_state(run.id).is_final() for run in runs), _ALL_S)
        return {"states": [_state(run.id).name for run in runs]}


def _watched(run: Any) -> Any:
    """Return the state of a run at its end, or after a while without news of it."""
    heard: Any = None
    end = time.monotonic() + _QUIET_S
    while time.monotonic() < end:
        try:
            state = _state(run)
            news: Any = (state.id, _tasks(run))
        except (httpx.HTTPError, PrefectHTTPStatusError):
            news = None  # the server is away: the state is unknown
        else:
            if state.is_final() and not state.is_crashed():
                return state
        if news is None or news != heard:
            heard, end = news, time.monotonic() + _QUIET_S
        time.sleep(_POLL_S)
    return _state(run)


def _state(run: Any) -> Any:
    with get_client(sync_client=True) as client:
        return client.read_flow_run(run).state


def _tasks(run: Any) -> list[str]:
    """Return the states of a run's tasks, which change while a process works on it."""
    mine = FlowRunFilter(id=FlowRunFilterId(any_=[run]))
    with get_client(sync_client=True) as client:
        return sorted(str(each.state_id) for each in client.read_task_runs(flow_run_filter=mine))
