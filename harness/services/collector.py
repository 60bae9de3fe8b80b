"""Collector of events that steps record on other hosts.

``python -m harness.services.collector FOLDER HOST PORT``: each connection is one journal. Its first
line is a JSON object with the token from ``COLLECTOR_TOKEN``, the run's id, the journal's name and
the journal's header. The header is written without the first three, but with ``arrived`` (the time
by this host's clock) and ``here`` (this host's boot id). The bytes after it go unchanged to
``FOLDER/<run>/events/<name>``. After SIGTERM, data on its way is still received. Standard library
only.
"""

from __future__ import annotations

import json
import os
import re
import selectors
import signal
import socket
import sys
import time
from pathlib import Path

from harness.wire import EVENTS
from workloads.record import boot

TOKEN = "COLLECTOR_TOKEN"  #: environment variable that holds the token

_WHOSE = ("token", "run_id", "journal")
_NAME = re.compile(r"[\w.@+-]{1,255}")
_HELLO_BYTES = 4096  # a first line has to end within them
_QUIET_S = 0.3  # after SIGTERM, end once nothing has arrived for this long


class Journal:
    """One connection: nothing is written until its first line has identified it."""

    def __init__(self, folder: Path, token: str) -> None:
        self._folder, self._token = folder, token
        self._hello = b""
        self._descriptor: int | None = None

    def take(self, data: bytes) -> bool:
        """Write received data; return False if the connection did not identify itself."""
        if self._descriptor is None:
            self._hello += data
            line, newline, data = self._hello.partition(b"\n")
            if not newline:
                return len(self._hello) < _HELLO_BYTES
            arrived = time.monotonic_ns()
            path = self._path(line)
            if path is None:
                return False
            header = {**json.loads(line), "arrived": arrived, "here": boot()}
            for name in _WHOSE:
                del header[name]
            data = f"{json.dumps(header)}\n".encode() + data
            path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            self._descriptor = os.open(path, flags, 0o644)
        while data:
            data = data[os.write(self._descriptor, data) :]
        return True

    def close(self) -> None:
        """Close the journal's file."""
        if self._descriptor is not None:
            os.close(self._descriptor)

    def _path(self, line: bytes) -> Path | None:
        try:
            hello = json.loads(line)
            token, *names = (hello[name] for name in _WHOSE)
            known = token == self._token
        except (ValueError, KeyError, TypeError):
            return None
        plain = all(isinstance(n, str) and _NAME.fullmatch(n) and n.strip(".") for n in names)
        return self._folder / names[0] / EVENTS / names[1] if known and plain else None


def main(folder: Path, host: str, port: int) -> None:
    """Collect until SIGTERM, and then until no data arrives any more."""
    token = os.environ.pop(TOKEN)
    woken, wake = socket.socketpair()
    wake.setblocking(False)
    signal.set_wakeup_fd(wake.fileno())
    signal.signal(signal.SIGTERM, lambda *_: None)
    with socket.create_server((host, port)) as server, selectors.DefaultSelector() as selector:
        selector.register(server, selectors.EVENT_READ)
        selector.register(woken, selectors.EVENT_READ)
        ending = False
        while ready := selector.select(_QUIET_S if ending else None):
            for key, _ in ready:
                if key.fileobj is server:
                    connection, _ = server.accept()
                    selector.register(connection, selectors.EVENT_READ, Journal(folder, token))
                elif key.fileobj is woken:
                    ending = True
                    selector.unregister(woken)
                else:
                    _serve(selector, key)


def _serve(selector: selectors.BaseSelector, key: selectors.SelectorKey) -> None:
    connection = key.fileobj
    assert isinstance(connection, socket.socket)
    try:
        data = connection.recv(1 << 16)
    except ConnectionError:  # its process was killed; the data received so far is written
        data = b""
    if not data or not key.data.take(data):
        selector.unregister(connection)
        connection.close()
        key.data.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
