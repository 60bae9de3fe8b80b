"""Start and end of every step attempt, from whichever process or thread executes it.

Each process appends to a journal of its own, one ``write`` a record, so that what was recorded
survives a SIGKILL of its process. A journal starts with a header line; then come
``{"n": 0, "step": "train", "start": ns, "thread": id}`` and
``{"n": 0, "end": ns, "error": null}``, paired by ``n``. Times are ``time.monotonic_ns``, which
compares across the processes of one host.
"""

from __future__ import annotations

import itertools
import json
import os
import socket
import threading
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any

_HEADER: dict[str, tuple[type, ...]] = {"host": (str,), "pid": (int,)}
_START: dict[str, tuple[type, ...]] = {
    "n": (int,),
    "step": (str,),
    "thread": (int,),
    "start": (int,),
}
_END: dict[str, tuple[type, ...]] = {"n": (int,), "end": (int,), "error": (str, type(None))}

_quoted = lru_cache(maxsize=4096)(json.dumps)


class JournalError(ValueError):
    """A journal is damaged beyond a torn last line."""


@dataclass(frozen=True)
class Event:
    """One attempt at one step; ``end_ns`` is None where its process died in the middle."""

    step: str
    attempt: int
    start_ns: int
    end_ns: int | None
    error: str | None
    host: str
    pid: int
    thread: int


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


def read_events(folder: str | Path) -> list[Event]:
    """All attempts recorded in ``folder``, by start; attempts at one step are numbered from 1.

    Raises :class:`JournalError` for anything damaged but a torn last line.
    """
    records = [
        record for journal in sorted(Path(folder).glob("*.jsonl")) for record in _records(journal)
    ]
    found = _paired(records)
    found.sort(key=lambda event: event["start_ns"])
    attempts: dict[str, int] = {}
    events = []
    for event in found:
        attempts[event["step"]] = attempt = attempts.get(event["step"], 0) + 1
        events.append(Event(attempt=attempt, **event))
    return events


def _records(journal: Path) -> list[dict[str, Any]]:
    """The records of one journal, each with its origin."""
    *lines, torn = journal.read_bytes().split(b"\n")
    del torn  # what stands after the last newline was cut off by a kill, or is empty
    try:
        records = [json.loads(line) for line in lines]
        if not records:
            return []
        origin = {**_fields(records[0], _HEADER), "journal": journal.name}
        return [
            {**_fields(record, _START if "start" in record else _END), **origin}
            for record in records[1:]
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise JournalError(f"journal {journal} is damaged: {error!r}") from None


def _fields(record: Any, kinds: dict[str, tuple[type, ...]]) -> dict[str, Any]:
    """The fields of one line, each of its kind; KeyError or TypeError if it is no such line."""
    for name, kind in kinds.items():
        if type(record[name]) not in kind:
            raise TypeError(f"{name} is {record[name]!r}")
    return {name: record[name] for name in kinds}


def _paired(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Starts with their ends.

    An end is looked for in the start's own journal; failing that, in another one of the same
    process, where a step that outlives its run ends.
    """
    attempts: dict[tuple[str, int], dict[str, Any]] = {}
    for record in records:
        if "start" in record:
            attempts[record["journal"], record["n"]] = {
                "step": record["step"],
                "start_ns": record["start"],
                "end_ns": None,
                "error": None,
                "host": record["host"],
                "pid": record["pid"],
                "thread": record["thread"],
            }
    late = []
    for record in records:
        if "end" in record:
            attempt = attempts.get((record["journal"], record["n"]))
            if attempt is None:
                late.append(record)
            else:
                attempt.update(end_ns=record["end"], error=record["error"])
    open_ = {(a["host"], a["pid"], n): a for (_, n), a in attempts.items() if a["end_ns"] is None}
    for record in late:
        attempt = open_.get((record["host"], record["pid"], record["n"]))
        if attempt is None:
            raise JournalError(f"{record['journal']} ends attempt {record['n']}, which none began")
        attempt.update(end_ns=record["end"], error=record["error"])
    return list(attempts.values())


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
