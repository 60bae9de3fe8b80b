"""Hooks about interfaces: parameters, secrets, logs, pages, and the API."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import httpx
from prefect import get_client
from prefect.blocks.system import Secret
from prefect.client.schemas.filters import LogFilter, LogFilterFlowRunId
from prefect.deployments import run_deployment
from prefect.exceptions import ParameterTypeError, PrefectHTTPStatusError
from prefect.logging.configuration import setup_logging
from prefect.settings import (
    PREFECT_LOGGING_EXTRA_LOGGERS,
    PREFECT_LOGGING_LEVEL,
    temporary_settings,
)

from adapters.prefect.probes import flows
from adapters.prefect.probes.common import found, pipeline, runner, step, until
from adapters.prefect.probes.deployments import deployed
from adapters.prefect.server import drain
from adapters.probing import NeedsServiceError, ProbeContext, Value

_WANTED = {PREFECT_LOGGING_LEVEL: "INFO", PREFECT_LOGGING_EXTRA_LOGGERS: "harness.step"}
_PATIENCE_S = 30.0
_SERVER_S = 150.0
#: A program that starts Prefect's ephemeral server, prints its URL, and waits.
_EPHEMERAL = """\
import sys, time
from prefect import get_client
with get_client(sync_client=True) as client:
    print(str(client.api_url).rstrip("/"), flush=True)
    sys.stdin.read()
"""


def bad_parameter(probe: ProbeContext) -> dict[str, Value]:
    """Pass a right and a wrong parameter: flow and API check them against annotations."""
    _run_with(probe, probe.settings["right"])
    probe.mark("wrong")
    try:
        _run_with(probe, probe.settings["wrong"])
    except (ParameterTypeError, PrefectHTTPStatusError) as error:
        return {"rejected": True, "error": " ".join(str(error).split())[:300]}
    return {"rejected": False}


def _run_with(probe: ProbeContext, number: Value) -> None:
    parameters = {"number": number, "calls": dict(probe.bodies)}
    if probe.mode == "server-worker":
        with deployed(probe, "numbered") as full:
            run_deployment(full, parameters=parameters, as_subflow=False)
    else:
        flows.numbered.with_options(task_runner=runner(probe))(**parameters)


def keep_secret(probe: ProbeContext) -> None:
    """Save the secret in a Secret block, which the server encrypts."""
    Secret(value=probe.settings["secret"]).save(probe.run_id)


def use_secret(probe: ProbeContext) -> dict[str, Value]:
    """Load the block by its name, and pass the secret to the task."""
    call, name = probe.call("use"), probe.run_id
    use = step(call)

    @pipeline(probe)
    def using() -> Any:
        return use.submit(text=Secret.load(name).get()).result()

    digest = using()
    places = [f"/{name}/filter" for name in ("block_documents", "flow_runs", "task_runs", "logs")]
    with get_client(sync_client=True) as client:
        pages = {place: client.request("POST", place, json={}).text for place in places}
    return {"digest": digest, "pages": pages}


def secrets(probe: ProbeContext) -> dict[str, Value]:
    """Save the secret, then use it in a task."""
    keep_secret(probe)
    return use_secret(probe)


def step_logs(probe: ProbeContext) -> dict[str, Value]:
    """Use ``log_prints`` for printed lines, and an extra logger for logged ones."""
    calls = dict(probe.bodies)
    if probe.mode == "server-worker":
        env = {setting.name: value for setting, value in _WANTED.items()}
        with deployed(probe, "loud", job_variables={"env": env}) as full:
            run_deployment(
                full,
                parameters={"calls": calls},
                flow_run_name=probe.run_id,
                as_subflow=False,
                timeout=60,
            )
    else:
        if probe.mode == "distributed":
            _on_dask(probe, _heed)
        with temporary_settings(_WANTED):
            _heed()
            flows.loud.with_options(flow_run_name=probe.run_id, task_runner=runner(probe))(calls)
        drain()
    run = found(probe.run_id).id
    return {"text": until(lambda: _both(_log(run)), _PATIENCE_S) or _log(run)}


def _heed() -> None:
    """Set up this process's logging as if it had been started with these settings."""
    with temporary_settings(_WANTED):
        setup_logging(incremental=False)


def _on_dask(probe: ProbeContext, function: Callable[[], None]) -> None:
    # Its import takes long, and only one mode needs it.
    from distributed import Client

    with Client(probe.context.services.url("dask"), set_as_default=False) as client:
        client.run(function)


def _both(text: str) -> str:
    return text if "printed" in text and "logged" in text else ""


def _log(run: Any) -> str:
    """Return the log of a run's tasks, without the flow's own lines."""
    mine = LogFilter(flow_run_id=LogFilterFlowRunId(any_=[run]))
    with get_client(sync_client=True) as client:
        return "\n".join(each.message for each in client.read_logs(mine) if each.task_run_id)


def user_interface(probe: ProbeContext) -> dict[str, Value]:
    """Get the server's start page, and the run from its API."""
    one = step(probe.call("step"))

    @pipeline(probe)
    def shown() -> None:
        one.submit().result()

    shown()
    with get_client(sync_client=True) as client:
        base = str(client.api_url).rstrip("/").removesuffix("/api")
    page = httpx.get(f"{base}/", follow_redirects=True, trust_env=False)
    if probe.mode == "inprocess" and page.status_code == httpx.codes.NOT_FOUND:
        reason = "the server that Prefect starts for a flow does not have pages"
        raise NeedsServiceError(
            f"{reason}; `prefect server start` does",
            "https://docs.prefect.io/v3/how-to-guides/self-hosted/server-cli",
        )
    run = found(probe.run_id)
    return {
        "status": page.status_code,
        "kind": page.headers.get("content-type", ""),
        "run": run.name if run is not None else None,
    }


def api_auth(probe: ProbeContext) -> dict[str, Value]:
    """Start a server with ``PREFECT_SERVER_API_AUTH_STRING``, its setting for basic auth."""
    user, password = "harness", probe.context.services.secret()
    env = {**os.environ, "PREFECT_HOME": str(probe.context.folder / "guarded")}
    for name in ("PREFECT_SERVER_API_AUTH_STRING", "PREFECT_API_AUTH_STRING"):
        env[name] = f"{user}:{password}"
    port = probe.context.services.port()
    server = ["prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    command = [sys.executable, "-c", _EPHEMERAL] if probe.mode == "inprocess" else server
    with subprocess.Popen(command, env=env, stdin=-1, stdout=-1, text=True) as running:
        try:
            url = f"http://127.0.0.1:{port}/api"
            if probe.mode == "inprocess":
                assert running.stdout is not None
                url = running.stdout.readline().strip()
            until(lambda: _asked(url), _SERVER_S)
            return {"without": _asked(url), "with": _asked(url, (user, password))}
        finally:
            running.kill()  # no state of it is needed any more


def _asked(api: str, auth: tuple[str, str] | None = None) -> int:
    """Return the HTTP status of a request for the list of runs; 0 without an answer."""
    place = f"{api}/flow_runs/filter"
    try:
        return int(httpx.post(place, json={}, auth=auth, trust_env=False).status_code)
    except httpx.TransportError:
        return 0
