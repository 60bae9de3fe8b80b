"""Receives what steps record on other hosts.

``python -m harness.services.collector FOLDER HOST PORT``: a connection is a journal. Its first
line says whose: the token from ``COLLECTOR_TOKEN``, the run and the journal's name. What else it
says is the journal's header, to which is added when it ``arrived`` by the clock of ``here``; all
after it goes to ``FOLDER/<run>/events/<name>`` as it comes. On SIGTERM what is on its way is still
taken. Standard library only.
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

TOKEN = "COLLECTOR_TOKEN"  # the name of a variable

_WHOSE = ("token", "run_id", "journal")
_NAME = re.compile(r"[\w.@+-]{1,255}")
_HELLO_BYTES = 4096  # more without a line is no hello
_QUIET_S = 0.3  # silence after which nothing more is expected at the end


class Journal:
    """One connection: silent until it has said whose it is."""

    def __init__(self, folder: Path, token: str) -> None:
        self._folder, self._token = folder, token
        self._hello = b""
        self._descriptor: int | None = None

    def take(self, data: bytes) -> bool:
        """Write what has come; whether more may come. A stranger is not listened to."""
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
        """No more will come."""
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
    """Collect until SIGTERM, and then until it is quiet."""
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
    except ConnectionError:  # its process was killed; what had come is there
        data = b""
    if not data or not key.data.take(data):
        selector.unregister(connection)
        connection.close()
        key.data.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
