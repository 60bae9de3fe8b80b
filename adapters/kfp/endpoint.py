"""Kubeflow Pipelines on a cluster: pipelines are compiled, submitted to its API service as runs,
and counted there; their tasks are pods.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import kfp

from adapters.contract import Context, Value, Workload
from adapters.kfp import adapter
from adapters.kfp.connection import connected, saying
from adapters.kfp.task import decoded, error_of, output_of, reporting

_IMAGE = "KFP_BASE_IMAGE"
_POLL_S = 0.5
#: States in which a run has ended. kfp's own wait does not end for a run that was cancelled.
_ENDED = ("SUCCEEDED", "FAILED", "SKIPPED", "CANCELED")
_LAST_WORDS = 700  # characters of a failed step's message, whose end is the reason


@dataclass
class _Connection:
    """The objects of one trial at the service."""

    url: str
    client: kfp.Client
    experiment: str
    #: Makes names unique in the whole service; run ids are unique only within a trial.
    token: str = field(default_factory=lambda: secrets.token_hex(4))
    submitted: dict[str, _Submitted] = field(default_factory=dict)


@dataclass(frozen=True)
class _Submitted:
    """A run at the service."""

    id: str
    steps: Mapping[str, str]  #: by the name of the task in the pipeline


@dataclass(frozen=True)
class Flow:
    """A compiled pipeline."""

    workload: Workload
    file: Path
    steps: Mapping[str, str]  #: by the name of the task
    place: str  #: where steps report, see :func:`adapters.kfp.task.reporting`


#: The connection of each trial, by the trial's scratch folder.
_connections: dict[str, _Connection] = {}


@contextmanager
def service(ctx: Context) -> Iterator[None]:
    """Connect to the API service."""
    if not os.environ.get(_IMAGE):
        raise RuntimeError(
            f"set {_IMAGE} to the image of the steps' pods: it has to hold the packages of "
            "requirements.lock, and the packages adapters and workloads"
        )
    url = ctx.services.url("endpoint").rstrip("/")
    _connections[str(ctx.folder)] = _Connection(url, *connected(url))
    yield


def build(workload: Workload, ctx: Context) -> Flow:
    """Compile the pipeline of the in-process mode to IR YAML.

    kfp's API does not return what a task has made: its address for artifacts reads the outputs of
    an Argo node, and those of kfp 2 are not among them; it does not return a failed task's message
    either. So the steps that are returned also store their result in the run's artifact store,
    which the pods reach anyway, and each step that fails stores its error there.
    """
    mine = _connections[str(ctx.folder)]
    folder = ctx.folder / ctx.run_id
    folder.mkdir()
    place = f"{ctx.artifacts}/outputs-{mine.token}"
    pipeline: Any = adapter.pipeline_of(
        workload,
        lambda step: reporting(ctx.call(step), place, step.id in workload.returned),
        os.environ[_IMAGE],
        folder / "components.py",
    )
    file = folder / "pipeline.yaml"
    kfp.compiler.Compiler().compile(pipeline, str(file))
    steps = {
        name: decoded(task.inputs.parameters["call"].runtime_value.constant.string_value)["step"]
        for name, task in pipeline.pipeline_spec.root.dag.tasks.items()
    }
    return Flow(workload, file, steps, place)


def run(flow: Flow, ctx: Context) -> Mapping[str, Value]:
    """Submit the pipeline as a run, wait for its end, and read the outputs.

    kfp does not have a limit of tasks at once for a run, so that the cluster decides about it.
    Raises ``RuntimeError`` with the error of the failed step if the run did not succeed.
    """
    mine = _connections[str(ctx.folder)]
    with saying(mine.url):
        submitted = mine.client.create_run_from_pipeline_package(
            str(flow.file),
            run_name=f"{flow.workload.name}-{ctx.run_id}-{mine.token}",
            experiment_id=mine.experiment,
            enable_caching=False,
        )
        mine.submitted[ctx.run_id] = _Submitted(submitted.run_id, flow.steps)
        try:
            done = _ended(mine.client, submitted.run_id)
        except BaseException:
            with suppress(Exception):  # the error that ended the wait matters more
                mine.client.terminate_run(submitted.run_id)
            raise
    if done.state != "SUCCEEDED":
        where = f"{mine.url}/#/runs/details/{submitted.run_id}"
        raise RuntimeError(
            f"Kubeflow Pipelines run {submitted.run_id} is {done.state}: "
            f"{_words(flow, done) or f'no step left a reason; see the logs at {where}'}"
        )
    return flow.workload.select({name: _output(flow, name) for name in flow.workload.returned})


def _ended(client: kfp.Client, run_id: str) -> Any:
    """Return the run once it has ended."""
    while (found := client.get_run(run_id)).state not in _ENDED:
        time.sleep(_POLL_S)
    return found


def _words(flow: Flow, run: Any) -> str:
    """Return the errors of the failed steps, as they left them."""
    failed = [flow.steps[name] for name in _tasks(run, "FAILED") if name in flow.steps]
    words = [(step, error_of(flow.place, step)) for step in failed]
    return "; ".join(f"[{step}]: {said[-_LAST_WORDS:]}" for step, said in words if said)


def _output(flow: Flow, step: str) -> Value:
    try:
        return json.loads(output_of(flow.place, step))
    except OSError as error:
        raise RuntimeError(
            f"the run succeeded, but the result of {step} is not in {flow.place}: {error}; "
            "give a store that pods reach as well: --artifacts s3://bucket/prefix"
        ) from error


def _tasks(run: Any, state: str) -> list[str]:
    """Return the names of the tasks in a state, as the service lists them."""
    details = run.run_details.task_details if run.run_details else None
    return [each.display_name for each in details or [] if each.state == state]


def engine_count(ctx: Context) -> int | None:
    """Return the number of the pipeline's own tasks that the service lists as succeeded.

    It also lists the run itself, the root, a driver for each task, and the pod of each task.
    """
    mine = _connections[str(ctx.folder)]
    submitted = mine.submitted[ctx.run_id]
    with saying(mine.url):
        found = mine.client.get_run(submitted.id)
    return len([name for name in _tasks(found, "SUCCEEDED") if name in submitted.steps])
