"""S3 server: moto in an environment of its own, and the few requests that tests need."""

from __future__ import annotations

import re
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

from harness.frameworks.uv import uv
from harness.home import Home
from harness.services.ports import HOST

_LOCK = Path(__file__).with_name("requirements.lock")
_PATIENCE_S = 60.0
_RUNNING = re.compile(r"Running on (http://\S+:\d+)\s")
_KEY = "{http://s3.amazonaws.com/doc/2006-03-01/}Key"


class Server:
    """A running server at ``url``."""

    def __init__(self, url: str) -> None:
        self.url = url

    def make_bucket(self, name: str) -> None:
        """Make a bucket."""
        self._ask("PUT", name)

    def keys(self, bucket: str) -> list[str]:
        """Return the names of all objects in a bucket, sorted."""
        listed = ElementTree.fromstring(self._ask("GET", f"{bucket}?list-type=2"))
        return sorted(str(each.text) for each in listed.iter(_KEY))

    def admit(self, requests: float) -> None:
        """Admit this many further requests with any credentials, then only known ones."""
        self._ask("POST", "moto-api/reset-auth", str(requests).encode())

    def _ask(self, method: str, what: str, data: bytes | None = None) -> bytes:
        headers = {"Content-Type": "text/plain"}
        request = urllib.request.Request(f"{self.url}/{what}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=_PATIENCE_S) as answer:
            return bytes(answer.read())


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """Install and run an empty server on loopback; yield it."""
    home, stop = Home(folder), threading.Event()
    venv, log = folder / "venv", folder / "server.log"
    uv(home, stop, "venv", "--quiet", str(venv))
    install = ("pip", "install", "--quiet", "--python", str(venv / "bin" / "python"))
    uv(home, stop, *install, "--require-hashes", "-r", str(_LOCK))
    command = [str(venv / "bin" / "moto_server"), "-H", HOST, "-p", "0"]
    with log.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file)
    try:
        deadline = time.monotonic() + _PATIENCE_S
        while (said := _RUNNING.search(log.read_text())) is None:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, "no answer"
            time.sleep(0.1)
        yield Server(said[1])
    finally:
        process.terminate()
        process.wait(_PATIENCE_S)
