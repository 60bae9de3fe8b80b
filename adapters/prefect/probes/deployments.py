"""Deployments of flows: run by the mode's worker, or by a process that serves the flow."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from pathlib import Path
from typing import Any

from prefect import flow, get_client
from prefect.deployments import run_deployment
from prefect.events import DeploymentEventTrigger
from prefect.exceptions import ObjectNotFound

from adapters.prefect.probes import flows
from adapters.prefect.probes.common import found, runner, until
from adapters.probing import ProbeContext

POOL = "harness"  # the work pool of the mode's service
ORDER = "serve.json"
_START_S, _STOP_S = 80.0, 15.0
_SOURCE = """\
from adapters.prefect.probes import flows

pipeline = flows.{flow}
"""
_ON_DASK = """\
from prefect_dask import DaskTaskRunner

pipeline = pipeline.with_options(task_runner=DaskTaskRunner(address={address!r}))
"""


@contextmanager
def deployed(probe: ProbeContext, name: str, **options: Any) -> Iterator[str]:
    """Deploy one of ``flows`` as the mode does while the block runs; yield its full name."""
    if probe.mode == "server-worker":
        full = on_the_pool(probe, name, **options)
        try:
            yield full
        finally:
            with get_client(sync_client=True) as client:
                client.delete_deployment(client.read_deployment_by_name(full).id)
    else:
        full = f"{name}/{probe.run_id}"
        with _served(_written(probe, name), probe.run_id, full, options):
            yield full


def on_the_pool(probe: ProbeContext, name: str, **options: Any) -> str:
    """Deploy one of ``flows`` to the mode's work pool permanently; return its full name."""
    settings = {"work_pool_name": POOL, "build": False, "push": False, "print_next_steps": False}
    source = from_source(_written(probe, name))
    source.deploy(probe.run_id, **settings, **native(options))
    return f"{name}/{probe.run_id}"


def from_source(folder: Path) -> Any:
    """Return the flow in a folder's file, as another process would load it."""
    return flow.from_source(source=str(folder), entrypoint="pipeline.py:pipeline")


def native(options: dict[str, Any]) -> dict[str, Any]:
    """Return a deployment's options from their JSON form."""
    triggers = [DeploymentEventTrigger(**each) for each in options.pop("triggers", [])]
    return {**options, **({"triggers": triggers} if triggers else {})}


@contextmanager
def started(probe: ProbeContext, name: str) -> Iterator[Any]:
    """Start one of ``flows``, yield its run, and wait for its end after the block.

    In the in-process mode it runs in a thread.
    """
    parameters, called = {"calls": dict(probe.bodies)}, f"{probe.run_id}-{name}"
    if probe.mode != "inprocess":
        with deployed(probe, name) as full:
            yield run_deployment(
                full, parameters=parameters, flow_run_name=called, timeout=0, as_subflow=False
            )
        return
    mine = getattr(flows, name).with_options(flow_run_name=called, task_runner=runner(probe))
    with ThreadPoolExecutor(1) as pool:
        ended = pool.submit(copy_context().run, mine, parameters["calls"], return_state=True)
        yield until(lambda: found(called), _START_S)
        ended.result()


def _written(probe: ProbeContext, name: str) -> Path:
    folder = probe.folder / name
    folder.mkdir(exist_ok=True)
    text = _SOURCE.format(flow=name)
    if probe.mode == "distributed":
        text += _ON_DASK.format(address=probe.context.services.url("dask"))
    (folder / "pipeline.py").write_text(text)
    return folder


@contextmanager
def _served(folder: Path, name: str, full: str, options: dict[str, Any]) -> Iterator[None]:
    (folder / ORDER).write_text(json.dumps({"name": name, **options}))
    # In process the client starts the server, which ends with the client.
    with get_client(sync_client=True) as client:
        serving = subprocess.Popen(
            [sys.executable, "-m", "adapters.prefect.probes.serve_flow", str(folder)],
            env={**os.environ, "PREFECT_API_URL": str(client.api_url).rstrip("/")},
        )
        try:
            if not until(lambda: _known(full), _START_S):
                raise TimeoutError(f"{full} was not served within {_START_S:g} s")
            yield
        finally:
            serving.terminate()
            try:
                serving.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                serving.kill()


def _known(full: str) -> bool:
    with get_client(sync_client=True) as client:
        try:
            client.read_deployment_by_name(full)
        except ObjectNotFound:
            return False
    return True
