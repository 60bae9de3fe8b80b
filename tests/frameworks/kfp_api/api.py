"""Requests of kfp's client to the API service, and its answers."""

from __future__ import annotations

import json
import threading
import uuid
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from google.protobuf import json_format

from .pods import Pods
from .runs import Run

_INVALID, _NOT_FOUND, _DENIED, _UNAUTHENTICATED = 3, 5, 7, 16  # codes of gRPC
_STATUS = {_INVALID: 400, _NOT_FOUND: 404, _DENIED: 403, _UNAUTHENTICATED: 401}


class RefusalError(Exception):
    """A request that the service refuses, with gRPC's code of the reason."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class Service:
    """The experiments and runs, and who may use them."""

    pods: Pods
    token: str
    gateway: bool
    namespace: str
    old: bool
    silence: threading.Event | None
    experiments: list[dict[str, str]] = field(default_factory=list)
    runs: dict[str, Run] = field(default_factory=dict)

    def answer(self, verb: str, path: str, query: dict[str, str], body: Any) -> Any:
        """Return the answer to a request that has been authenticated."""
        match (verb, *path.removeprefix("/apis/v2beta1/").split("/")):
            case ("GET", "experiments"):
                self._check_namespace(query.get("namespace", ""))
                predicates = json.loads(query.get("filter", "{}")).get("predicates", [])
                wanted = {each["key"]: each["stringValue"] for each in predicates}
                found = [each for each in self.experiments if wanted.items() <= each.items()]
                return {"experiments": found} if found else {}
            case ("POST", "experiments"):
                self._check_namespace(body.get("namespace", ""))
                self.experiments.append({**body, "experiment_id": str(uuid.uuid4())})
                return self.experiments[-1]
            case ("POST", "runs"):
                return self._create(body).view()
            case ("GET", "runs", run_id):
                return self._known(run_id).view()
            case ("POST", "runs", named) if named.endswith(":terminate"):
                self._known(named.removesuffix(":terminate")).terminate(self.pods)
                return {}
        raise RefusalError(_NOT_FOUND, "Not Found")

    def _create(self, body: Any) -> Run:
        if body.get("experiment_id") not in [each["experiment_id"] for each in self.experiments]:
            raise RefusalError(_NOT_FOUND, "ResourceNotFoundError: the experiment does not exist")
        try:
            run = Run(body["display_name"], body["experiment_id"], body["pipeline_spec"])
        except (json_format.ParseError, KeyError) as error:
            raise RefusalError(_INVALID, f"the pipeline spec is invalid: {error}") from error
        self.runs[run.id] = run
        run.start(self.pods)
        return run

    def _known(self, run_id: str) -> Run:
        if run_id not in self.runs:
            raise RefusalError(_NOT_FOUND, f"ResourceNotFoundError: Run {run_id} not found")
        return self.runs[run_id]

    def _check_namespace(self, named: str) -> None:
        if named and not self.namespace:
            message = "In single-user mode, the namespace cannot be specified"
            raise RefusalError(_INVALID, message)
        if named != self.namespace:
            message = f"User 'harness' is not authorized (request: namespace:{named!r})"
            raise RefusalError(_DENIED, message)

    def check_token(self, path: str, token: str | None) -> None:
        """Raise :class:`RefusalError` for a wrong token; the health is public."""
        if self.token and token != f"Bearer {self.token}" and not path.endswith("/healthz"):
            what = "Failed to review the token provided" if token else "there is no token"
            raise RefusalError(_UNAUTHENTICATED, f"Request header error: {what}")

    def health(self, path: str) -> Any:
        """Return the health for an API's version, which an old service does not have."""
        if self.old:
            if path == "/apis/v1beta1/healthz":
                return {"commit_sha": "0", "tag_name": "1.8.22", "multi_user": False}
            raise RefusalError(_NOT_FOUND, "Not Found")
        return {"multi_user": bool(self.namespace), "pipeline_store": "database"}


def handler(service: Service) -> type[BaseHTTPRequestHandler]:
    """Return a class that handles requests for the service."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Answer a question."""
            self._handle("GET", None)

        def do_POST(self) -> None:
            """Answer a request that creates or ends something."""
            length = int(self.headers["Content-Length"] or 0)
            self._handle("POST", json.loads(self.rfile.read(length) or "null"))

        def _handle(self, verb: str, body: Any) -> None:
            if service.silence is not None:
                service.silence.wait()
            url, token = urlsplit(self.path), self.headers["authorization"]
            query = {key: values[0] for key, values in parse_qs(url.query).items()}
            if service.gateway and token != f"Bearer {service.token}":
                return self._say(302, {}, "/dex/auth")
            try:
                service.check_token(url.path, token)
                if url.path.endswith("/healthz"):
                    return self._say(200, service.health(url.path))
                return self._say(200, service.answer(verb, url.path, query, body))
            except RefusalError as error:
                said = {"error": str(error), "code": error.code, "message": str(error)}
                return self._say(_STATUS[error.code], said)

        def _say(self, status: int, said: Any, location: str = "") -> None:
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if location:
                self.send_header("Location", location)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    return Handler
