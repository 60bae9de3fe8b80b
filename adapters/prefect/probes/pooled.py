"""The same where a work pool's worker runs deployments: what a flow does is done by its process."""

from __future__ import annotations

from collections.abc import Callable

from prefect import get_client
from prefect.client.schemas.actions import WorkPoolUpdate
from prefect.client.schemas.objects import StateType
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectNotFound
from prefect.states import AwaitingRetry

from adapters.prefect import probes
from adapters.prefect.probes.deployments import POOL, deployed
from adapters.prefect.probes.interfaces import keep_secret
from adapters.prefect.probes.native import found, until
from adapters.prefect.probes.told import told
from adapters.probing import ProbeContext, Value

Hook = Callable[[ProbeContext], dict[str, Value]]

api_auth, approval, bad_parameter = probes.api_auth, probes.approval, probes.bad_parameter
cancel, cron, event_trigger = probes.cancel, probes.cron, probes.event_trigger
step_logs = probes.step_logs

_POLL_S = 0.5
_QUIET_S = 60.0  # of a run that nobody works on any more


def _on_the_worker(name: str) -> Hook:
    """The hook of that name, as what a deployment's flow does."""

    def hook(probe: ProbeContext) -> dict[str, Value]:
        with deployed(probe, "hooked") as full:
            parameters = {"hook": name, "told": told(probe)}
            run = run_deployment(full, parameters, poll_interval=_POLL_S, as_subflow=False)
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
_use_secret = _on_the_worker("use_secret")  # by itself, for the secret to stay out of parameters


def secrets(probe: ProbeContext) -> dict[str, Value]:
    """Kept by the client, used by a task on the worker."""
    keep_secret(probe)
    return _use_secret(probe)


def durable(probe: ProbeContext) -> dict[str, Value]:
    """A deployment's run; after a crash it is what the interface's "Retry" makes of the same run.

    Its flow keeps results, so that finished tasks are taken from its cache.
    """
    with deployed(probe, "chain") as full:
        run = found(probe.run_id)
        if run is None:
            parameters = {"calls": dict(probe.bodies)}
            run = run_deployment(
                full, parameters, flow_run_name=probe.run_id, timeout=0, as_subflow=False
            )
