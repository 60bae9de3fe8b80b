"""Start and end of every step attempt, from whichever process or thread executes it.

Each process appends to a journal of its own, one ``write`` a record, so that what was recorded
survives a SIGKILL of its process. A journal starts with a header line; then come
``{"n": 0, "step": "train", "start": ns, "thread": id}`` and
``{"n": 0, "end": ns, "error": null}``, paired by ``n``. ``harness.events`` reads them. Times are
``time.monotonic_ns``, which compares across the processes of one host.
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

_quoted = lru_cache(maxsize=4096)(json.dumps)


class recorded:
    """Context manager around one attempt: ``with recorded(events_folder, step_id): ...``.

    An exception is recorded as the attempt's error and goes on its way.
    """

    __slots__ = ("_folder", "_number", "_step")

    def __init__(self, folder: str, step: str) -> None:
        self._folder = folder
        self._step = step
        self._number = next(_numbers)

    def __enter__(self) -> None:
        step, thread = _quoted(self._step), threading.get_ident()
        # The stamp is taken last before the write: formatting is not the step's time.
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
    except Exception:  # a message may be code that fails
        return type(error).__name__


class _Journal:
    """The journal that this process has open: one at a time, a run after another."""

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
                raise OSError(f"a record in {folder} was cut short; is the disk full?")

    def _open(self, folder: str) -> None:
        if self.folder is not None:
            os.close(self.descriptor)
            self.folder = None
        os.makedirs(folder, exist_ok=True)
        host, pid = socket.gethostname(), os.getpid()
        path = os.path.join(folder, f"{host}-{pid}-{time.monotonic_ns()}.jsonl")
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        self.descriptor = os.open(path, flags, 0o644)
        self.folder = folder
        os.write(self.descriptor, f"{json.dumps({'host': host, 'pid': pid})}\n".encode())


def _reset() -> None:
    """Give a forked child a journal of its own; the inherited descriptor is not its to use."""
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
