"""Hooks about the tracking server: its pages, its users, and its webhooks."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import mlflow
import requests
from mlflow.entities.webhook import WebhookAction, WebhookEntity, WebhookEvent

from adapters.mlflow.probes.runs import step, until
from adapters.mlflow.server import healthy
from adapters.probing import ProbeContext, Value

_PATIENCE_S = 200.0  # migrations of a new database take 14 CPU-seconds
#: Request of the page for its list of runs.
_RUNS = "ajax-api/2.0/mlflow/runs/search"


@contextmanager
def own_server(probe: ProbeContext, env: Mapping[str, str], *options: str) -> Iterator[str]:
    """Run a further server on SQLite with variables and options of its own; yield its URL."""
    place = probe.folder / "server"
    place.mkdir()
    port = probe.context.services.port()
    url = f"http://127.0.0.1:{port}"
    command = ["mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
               "--backend-store-uri", f"sqlite:///{place / 'mlflow.db'}",
               "--artifacts-destination", str(place / "artifacts"), *options]  # fmt: skip
    with subprocess.Popen(command, env={**os.environ, **env}, cwd=place) as running:
        try:
            if not until(lambda: healthy(url), _PATIENCE_S):
                raise TimeoutError(f"no answer of mlflow server after {_PATIENCE_S:g} s")
            yield url
        finally:
            running.terminate()


def user_interface(probe: ProbeContext) -> dict[str, Value]:
    """Get the server's page, and the run by the request with which the page fills its table."""
    with mlflow.start_run(run_name=probe.run_id) as run:
        step(probe.call("step"))
    url = mlflow.get_tracking_uri()
    page = requests.get(f"{url}/", timeout=30)
    wanted = {
        "experiment_ids": [run.info.experiment_id],
        "filter": f"attributes.run_name = '{probe.run_id}'",
    }
    runs = requests.post(f"{url}/{_RUNS}", json=wanted, timeout=30).json().get("runs", [])
    return {
        "status": page.status_code,
        "kind": page.headers.get("content-type", ""),
        "run": runs[0]["info"]["run_name"] if runs else None,
    }


def api_auth(probe: ProbeContext) -> dict[str, Value]:
    """Start a server with ``--app-name basic-auth`` and a password for its administrator."""
    password = probe.context.services.secret()
    users = probe.folder / "auth.ini"
    users.write_text(_AUTH.format(database=probe.folder / "users.db"))
    env = {
        "MLFLOW_AUTH_ADMIN_PASSWORD": password,
        "MLFLOW_FLASK_SERVER_SECRET_KEY": probe.context.services.secret(),
        "MLFLOW_AUTH_CONFIG_PATH": str(users),
    }
    with own_server(probe, env, "--app-name", "basic-auth") as url:
        return {"without": _asked(url), "with": _asked(url, ("admin", password))}


#: The package's own settings, but for the database, which it would put into the current folder.
_AUTH = """\
[mlflow]
default_permission = READ
database_uri = sqlite:///{database}
admin_username = admin
authorization_function = mlflow.server.auth:authenticate_request_basic_auth
"""


def _asked(url: str, auth: tuple[str, str] | None = None) -> int:
    """Return the HTTP status of a request for the list of runs."""
    place = f"{url}/api/2.0/mlflow/runs/search"
    return requests.post(place, json={"experiment_ids": ["0"]}, auth=auth, timeout=30).status_code


def event_trigger(probe: ProbeContext) -> dict[str, Value]:
    """Let a webhook for new registered models call a program that runs the step."""
    called = threading.Event()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.end_headers()
            called.set()

    env = {
        "MLFLOW_WEBHOOK_ALLOWED_SCHEMES": "http,https",
        "MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS": "true",
    }
    with own_server(probe, env) as url, HTTPServer(("127.0.0.1", 0), Receiver) as receiver:
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        client = mlflow.MlflowClient(url, url)
        created = WebhookEvent(WebhookEntity.REGISTERED_MODEL, WebhookAction.CREATED)
        client.create_webhook("new-model", f"http://127.0.0.1:{receiver.server_port}", [created])
        probe.mark("sent")
        client.create_registered_model("model")
        if called.wait(probe.settings["patience_s"]):
            with mlflow.start_run(run_name=probe.run_id):
                step(probe.call("tick"))
        receiver.shutdown()
    return {}
