"""Stand-in for MLRun's API service, which no package contains: its HTTP API, with real state.

``python -m tests.frameworks.mlrun_api`` serves on a free port of 127.0.0.1, and prints it. Its
answers were written after the requests of MLRun 1.12's client; it executes nothing, and proves
nothing about the real service.
"""

from __future__ import annotations

import argparse
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.frameworks.mlrun_store import Json, Query, RefusedError, RunKey, Store

_OPEN = "client-spec"  # clients request it before they log in
_NAME = r"([^/]+)"


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, options: argparse.Namespace) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.options = options
        self.store = Store(options.page, options.forgets)
        self.one_at_a_time = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        self._answer()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815

    def _answer(self) -> None:
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        place = re.sub(r"^/api/v\d/", "", url.path)
        try:
            self._admit(place)
            with self.server.one_at_a_time:
                status, said = self._do(f"{self.command} {place}", parse_qs(url.query), body)
        except RefusedError as refusal:
            status, said = refusal.status, {"detail": {"reason": str(refusal)}}
        content = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _admit(self, place: str) -> None:
        options = self.server.options
        if options.silent and options.silent in place:
            threading.Event().wait()
        if place == _OPEN:
            return
        if options.authorization and self.headers["Authorization"] != options.authorization:
            raise RefusedError(401, "Unauthorized")
        if options.forbid:
            raise RefusedError(403, "Not allowed to create project resource")

    def _do(self, asked: str, query: Query, body: bytes) -> tuple[int, Json]:
        store = self.server.store
        if asked == f"GET {_OPEN}":
            return 200, {"version": self.server.options.version}
        if asked == "GET projects":
            return 200, {"projects": list(store.projects.values())}
        if asked == "POST projects":
            return 201, store.create_project(json.loads(body))
        if found := re.fullmatch(f"GET background-tasks/{_NAME}", asked):
            return 200, store.tasks[found[1]]
        if found := re.fullmatch(f"(GET|PUT|DELETE) projects/{_NAME}", asked):
            return self._project(found[1], found[2], body)
        if found := re.fullmatch(f"GET projects/{_NAME}/runs", asked):
            return 200, store.list_runs(found[1], query)
        if found := re.fullmatch(f"(GET|POST|PATCH) projects/{_NAME}/runs/{_NAME}", asked):
            key = RunKey(found[2], found[3], int(query.get("iter", ["0"])[0]))
            return self._run(found[1], key, body)
        if found := re.fullmatch(f"POST projects/{_NAME}/logs/{_NAME}", asked):
            return 200, store.append_log(found[1], found[2], body)
        raise RefusedError(404, f"the stand-in does not implement {asked}")

    def _project(self, method: str, name: str, body: bytes) -> tuple[int, Json]:
        if method == "GET":
            return 200, self.server.store.project(name)
        if method == "PUT":
            return 200, self.server.store.store_project(name, json.loads(body))
        strategy = self.headers.get("x-mlrun-deletion-strategy", "restrict")
        return 202, self.server.store.delete_project(name, strategy)

    def _run(self, method: str, key: RunKey, body: bytes) -> tuple[int, Json]:
        if method == "GET":
            return 200, {"data": self.server.store.run(key)}
        if method == "POST":
            return 200, self.server.store.store_run(key, json.loads(body))
        return 200, self.server.store.update_run(key, json.loads(body))


def main() -> None:
    """Serve until killed; print the port."""
    parser = argparse.ArgumentParser(description=__doc__)
    # MLRun's client accepts any development version.
    parser.add_argument("--version", default="0.0.0+stand-in", help="version of the service")
    parser.add_argument("--authorization", help="required header; others get 401")
    parser.add_argument("--forbid", action="store_true", help="answer 403")
    parser.add_argument("--silent", metavar="PART", help="answer no request with this path")
    parser.add_argument("--page", type=int, default=200, help="most entries in a list")
    parser.add_argument("--forgets", type=int, default=0, help="runs to leave out of lists")
    server = Server(parser.parse_args())
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
