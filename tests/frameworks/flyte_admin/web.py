"""HTTP services beside the gRPC: a bucket for signed URLs, and an identity provider."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType

CLIENT = "harness"


class Web:
    """HTTP server on a free port of 127.0.0.1, running while it is entered."""

    def __init__(self, folder: Path, secret: str) -> None:
        folder.mkdir()
        self.folder = folder
        self.token = f"token-for-{secret}" if secret else ""
        basic = base64.b64encode(f"{CLIENT}:{secret}".encode()).decode()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self, f"Basic {basic}"))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Web:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()


def _handler(web: Web, password: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            """Store an upload to a signed URL if its MD5 matches, as a bucket does."""
            content = self.rfile.read(int(self.headers["Content-Length"]))
            md5 = base64.b64encode(hashlib.md5(content).digest()).decode()
            if self.headers["Content-MD5"] != md5:
                return self._answer(400, {"error": "content and its MD5 differ"})
            (web.folder / Path(self.path).name).write_bytes(content)
            return self._answer(200, {})

        def do_POST(self) -> None:
            """Return a token for the client's id and secret."""
            self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers["Authorization"] != password:
                return self._answer(401, {"error": "invalid_client"})
            return self._answer(200, {"access_token": web.token, "expires_in": 3600})

        def _answer(self, status: int, said: dict[str, object]) -> None:
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    return Handler
