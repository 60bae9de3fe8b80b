"""Flyte on a cluster: workflows are registered, executed and counted through its admin service,
and their steps run in its pods.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta

from flytekit.clients.helpers import iterate_node_executions
from flytekit.configuration import FastSerializationSettings, ImageConfig, SerializationSettings
from flytekit.core.constants import END_NODE_ID, START_NODE_ID
from flytekit.core.options import Options
from flytekit.exceptions.base import FlyteException
from flytekit.models.core.execution import NodeExecutionPhase, WorkflowExecutionPhase
from flytekit.models.core.identifier import WorkflowExecutionIdentifier
from flytekit.remote import FlyteRemote, FlyteWorkflow

from adapters.contract import Context, Value, Workload
from adapters.flyte import adapter
from adapters.flyte.connection import connected, saying
from adapters.flyte.upload import upload

_POLL = timedelta(seconds=0.5)  # flytekit's own interval is 30 s
_LAST_WORDS = 700  # characters of a failed step's message, whose end is the reason


@dataclass
class _Deployment:
    """The objects of one trial at the control plane."""

    url: str
    remote: FlyteRemote
    code: str  #: URL from which pods load the steps' code
    #: Makes versions unique in the whole control plane; run ids are unique only within a trial.
    token: str = field(default_factory=lambda: secrets.token_hex(4))
    executions: dict[str, WorkflowExecutionIdentifier] = field(default_factory=dict)


#: The deployment of each trial, by the trial's scratch folder.
_deployments: dict[str, _Deployment] = {}


@contextmanager
def service(ctx: Context) -> Iterator[None]:
    """Connect to the control plane, and upload the steps' code for its pods."""
    url = ctx.services.url("endpoint")
    with saying(url):
        remote = connected(url)
        code = upload(remote, ctx.folder / "code")
    _deployments[str(ctx.folder)] = _Deployment(url, remote, code)
    yield


def build(workload: Workload, ctx: Context) -> tuple[FlyteWorkflow, Workload]:
    """Register the workflow of the in-process mode, in a version of its own."""
    flow, _ = adapter.build(workload, ctx)
    mine = _deployments[str(ctx.folder)]
    settings = SerializationSettings(
        ImageConfig.auto_default_image(),
        project=mine.remote.default_project,
        domain=mine.remote.default_domain,
        version=f"{ctx.run_id}-{mine.token}",
        fast_serialization_settings=FastSerializationSettings(
            enabled=True, destination_dir=".", distribution_location=mine.code
        ),
    )
    with saying(mine.url):
        return mine.remote.register_workflow(flow, settings, settings.version), workload


def run(flow: tuple[FlyteWorkflow, Workload], ctx: Context) -> Mapping[str, Value]:
    """Execute the workflow, wait for its end, and read the outputs.

    Raises ``RuntimeError`` with Flyte's message if the execution failed.
    """
    registered, workload = flow
    mine = _deployments[str(ctx.folder)]
    with saying(mine.url):
        options = Options(max_parallelism=ctx.workers)
        execution = mine.remote.execute(registered, inputs={}, options=options)
        mine.executions[ctx.run_id] = execution.id
        try:
            done = mine.remote.wait(execution, poll_interval=_POLL, sync_nodes=False)
        except BaseException:
            with suppress(FlyteException):  # the error that ended the wait matters more
                mine.remote.terminate(execution, "the harness stopped waiting")
            raise
    phase, error = done.closure.phase, done.closure.error
    if phase != WorkflowExecutionPhase.SUCCEEDED:
        why = error.message if error else "no reason given"
        raise RuntimeError(
            f"Flyte execution {done.id.name} is {WorkflowExecutionPhase.enum_to_string(phase)}: "
            f"{why.strip()[-_LAST_WORDS:]}"
        )
    names = workload.returned
    return adapter.outputs(workload, [done.outputs.get(name, as_type=str) for name in names])


def engine_count(ctx: Context) -> int | None:
    """Return the number of nodes that the admin service lists as succeeded.

    The start node and the end node, which Flyte adds, are not counted.
    """
    mine = _deployments[str(ctx.folder)]
    with saying(mine.url):
        nodes = [*iterate_node_executions(mine.remote.client, mine.executions[ctx.run_id])]
    good = [each.id.node_id for each in nodes if each.closure.phase == NodeExecutionPhase.SUCCEEDED]
    return len([name for name in good if name not in (START_NODE_ID, END_NODE_ID)])
