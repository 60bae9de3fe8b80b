"""Fake package index on 127.0.0.1 with the Simple API and configurable answers."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

JSON = "application/vnd.pypi.simple.v1+json"


@dataclass
class FakeIndex:
    """Pages by project: each request takes the next answer; the last one is repeated."""

    url: str = ""
    pages: dict[str, list[tuple[int, str, bytes]]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def project(self, name: str, *files: dict[str, Any], times: int = 1) -> None:
        """Answer ``times`` times with these files, in JSON."""
        page = {"meta": {"api-version": "1.1"}, "name": name, "files": list(files)}
        page["versions"] = sorted({each["filename"].split("-")[1] for each in files})
        self.answer(name, json.dumps(page).encode(), times=times)

    def html(self, name: str, *files: dict[str, Any], times: int = 1) -> None:
        """Answer ``times`` times with these files, in HTML."""
        digests = [
            f"#sha256={each['hashes']['sha256']}" if each["hashes"] else "" for each in files
        ]
        anchors = (
            f'<a href="{each["url"]}{digest}">{each["filename"]}</a>'
            for each, digest in zip(files, digests, strict=True)
        )
        self.answer(name, "\n".join(anchors).encode(), "text/html", times=times)

    def answer(
        self, name: str, body: bytes, kind: str = JSON, status: int = 200, times: int = 1
    ) -> None:
        """Answer ``times`` times with ``body``."""
        self.pages.setdefault(name, []).extend([(status, kind, body)] * times)

    def wheel(self, name: str, version: str, uploaded: str | None, *said: str) -> dict[str, Any]:
        """Add a wheel to the index and return its page entry; ``said`` are lines of METADATA."""
        filename = f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
        info = f"{name.replace('-', '_')}-{version}.dist-info"
        lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *said]
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as wheel:
            wheel.writestr(f"{info}/METADATA", "\n".join(lines) + "\n")
            wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
            wheel.writestr(f"{info}/RECORD", "")
        self.files[filename] = buffer.getvalue()
        entry: dict[str, Any] = {
            "filename": filename,
            "url": f"{self.url}files/{filename}",
            "hashes": {"sha256": hashlib.sha256(buffer.getvalue()).hexdigest()},
            "size": len(buffer.getvalue()),
            "requires-python": ">=3.9",
        }
        return entry if uploaded is None else {**entry, "upload-time": f"{uploaded}T12:00:00Z"}


@contextlib.contextmanager
def serving() -> Iterator[FakeIndex]:
    """Serve a fake index while the block runs."""
    fake = FakeIndex()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, kind, body = _found(fake, self.path)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_HEAD(self) -> None:
            self.send_error(405)

        def log_message(self, *_: object) -> None:
            """Discard the message: requests are not logged to stderr."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_port}/"
    try:
        yield fake
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _found(fake: FakeIndex, path: str) -> tuple[int, str, bytes]:
    name = path.strip("/")
    fake.asked.append(name)
    if name.startswith("files/"):
        body = fake.files.get(name.removeprefix("files/"))
        return (404, "text/plain", b"") if body is None else (200, "application/zip", body)
    answers = fake.pages.get(name, [(404, "text/plain", b"")])
    return answers.pop(0) if len(answers) > 1 else answers[0]
