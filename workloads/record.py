"""Recorder of step attempts: start and end of each, from any process or thread.

Each process appends to a journal of its own, one ``write`` a record, so that its records survive a
SIGKILL of the process. A journal is a file in a folder, or a connection to a URL like
``tcp://token@host:port/run``, where ``harness.services.collector`` writes the same file. A journal
starts with a header line; then come ``{"n": 0, "step": "train", "start": ns, "thread": id}`` and
``{"n": 0, "end": ns, "error": null}``, paired by ``n``. ``harness.results.journal`` reads them.
Times are ``time.monotonic_ns``, which compares across the processes of one machine, identified by
the header's ``boot``. A header over a connection also has the time at which it was ``sent``, so
that another machine's times can be converted to the collector's clock.
"""

from __future__ import annotations

import itertools
import json
import os
import socket
import threading
import time
from functools import lru_cache
from types import TracebackType
from urllib.parse import urlsplit

_quoted = lru_cache(maxsize=4096)(json.dumps)


#: Scheme of a place for events that is a connection, not a folder.
TCP = "tcp://"
_CONNECT_S = 10.0


class recorded:
    """Context manager around one attempt: ``with recorded(events_place, step_id): ...``.

    An exception is recorded as the attempt's error and propagates.
    """

    __slots__ = ("_folder", "_number", "_step")

    def __init__(self, folder: str, step: str) -> None:
        self._folder = folder
        self._step = step
        self._number = next(_numbers)

    def __enter__(self) -> None:
        step, thread = _quoted(self._step), threading.get_ident()
        # The stamp is taken just before the write: formatting is not part of the step's time.
        _append(
            self._folder,
            f'{{"n": {self._number}, "step": {step}, "thread": {thread}, '
            f'"start": {time.monotonic_ns()}}}\n',
        )

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        end = time.monotonic_ns()
        text = "null" if error is None else json.dumps(_told(error))
        _append(self._folder, f'{{"n": {self._number}, "end": {end}, "error": {text}}}\n')


def _told(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}"[:2000]
    except Exception:  # a message may come from code that fails
        return type(error).__name__


class _Journal:
    """The open journal of this process: one at a time, one run after another."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.folder: str | None = None
        self.descriptor = -1

    def append(self, folder: str, line: str) -> None:
        with self.lock:
            if folder != self.folder:
                self._open(folder)
            data = line.encode()
            if os.write(self.descriptor, data) != len(data):
                raise OSError(f"a record in {_told_place(folder)} was cut short; is the disk full?")

    def _open(self, folder: str) -> None:
        if self.folder is not None:
            os.close(self.descriptor)
            self.folder = None
        host, pid = socket.gethostname(), os.getpid()
        name = f"{host}-{pid}-{time.monotonic_ns()}.jsonl"
        header = {"host": host, "pid": pid, "boot": boot()}
        begin = _connected if folder.startswith(TCP) else _file
        self.descriptor = begin(folder, name, header)
        self.folder = folder


@lru_cache(maxsize=1)
def boot() -> str:
    """Return the id of this machine's boot, which identifies its clock; empty if unavailable."""
    try:
        with open("/proc/sys/kernel/random/boot_id") as file:
            return file.read().strip()
    except OSError:
        return ""


def _file(folder: str, name: str, header: dict[str, object]) -> int:
    os.makedirs(folder, exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
    descriptor = os.open(os.path.join(folder, name), flags, 0o644)
    os.write(descriptor, f"{json.dumps(header)}\n".encode())
    return descriptor


def _connected(url: str, name: str, header: dict[str, object]) -> int:
    """Connect to the collector, send it the journal's header, and return the descriptor.

    Raises ``OSError`` if the collector does not answer.
    """
    place = urlsplit(url)
    try:
        connection = socket.create_connection((place.hostname, place.port), _CONNECT_S)
    except OSError as error:
        raise OSError(f"no collector of events at {_told_place(url)}: {error}") from None
    connection.settimeout(None)
    hello = {"token": place.username, "run_id": place.path.strip("/"), "journal": name, **header}
    connection.sendall(f"{json.dumps({**hello, 'sent': time.monotonic_ns()})}\n".encode())
    return connection.detach()


def _told_place(place: str) -> str:
    """Return a place as it may appear in a message: without the token."""
    return place.rpartition("@")[2]


def _reset() -> None:
    """Give a forked child a journal of its own, and close the inherited descriptor."""
    global _journal, _append, _numbers
    inherited = _journal
    _journal = _Journal()
    _append = _journal.append
    _numbers = itertools.count()
    if inherited.folder is not None:
        os.close(inherited.descriptor)


_numbers = itertools.count()
_journal = _Journal()
_append = _journal.append
os.register_at_fork(after_in_child=_reset)
