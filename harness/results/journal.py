"""Journals of step attempts, as ``workloads.record`` writes them, read and put on one clock.

Time and memory are linear in the number of lines: journals are decoded as a stream, and memory
holds one object for each attempt.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import force_setattr, replace


class JournalError(ValueError):
    """Damage to a journal, other than a torn last line."""


# gc=False: values here cannot be part of a cycle, and letting the garbage collector walk a million
# of them repeatedly would cost more than reading them.
class Event(msgspec.Struct, frozen=True, gc=False):
    """One attempt at one step; ``end_ns`` is None if its process died before the end."""

    step: str
    attempt: int
    start_ns: int
    end_ns: int | None
    error: str | None
    host: str
    pid: int
    thread: int


class _Header(msgspec.Struct, frozen=True, gc=False):
    host: str
    pid: int
    boot: str = ""  #: id of the machine's clock; empty if not known
    sent: int | None = None  #: ns on that clock, when it was sent to the collector
    arrived: int | None = None  #: ns on the collector's clock, when it arrived
    here: str = ""  #: id of the collector's clock

    @property
    def process(self) -> tuple[str, int]:
        """Return host and pid, which are the same in all journals of a process."""
        return self.host, self.pid

    @property
    def delay_ns(self) -> int | None:
        """Return arrival minus sending: the clocks' difference plus the packet's travel time."""
        return None if self.sent is None or self.arrived is None else self.arrived - self.sent


class _Line(msgspec.Struct, frozen=True, gc=False):
    """Start (with step and thread) or end (with error) of an attempt, by the stamp it has."""

    n: int
    start: int | UnsetType = UNSET
    step: str | UnsetType = UNSET
    thread: int | UnsetType = UNSET
    end: int | UnsetType = UNSET
    error: str | UnsetType | None = UNSET


_Kind = TypeVar("_Kind", _Header, _Line)
_HEADER = msgspec.json.Decoder(_Header)
_LINE = msgspec.json.Decoder(_Line)
_NEWLINE = b"\n"
_CHUNK = 1 << 20  # bytes that are decoded together


def read_events(folder: str | Path) -> list[Event]:
    """Return all attempts recorded in ``folder`` by start, with each step's numbered from 1.

    An end is looked for in the start's own journal, then in the other journals of the same process,
    where a step that outlives its run ends. Times of other machines are converted to the
    collector's clock. Raises :class:`JournalError` for damage other than a torn last line, and for
    times that cannot be compared.
    """
    journals = [_JournalFile(path) for path in sorted(Path(folder).glob("*.jsonl"))]
    for journal in journals:
        journal.read()
    _end_late(journals)
    _one_clock([journal for journal in journals if journal.events])
    events = [event for journal in journals for event in journal.events]
    events.sort(key=lambda event: event.start_ns)
    _number(events)
    return events


class _JournalFile:
    """One file: its attempts, the open ones by number, and ends without a start in this file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.header = _Header("", 0)
        self.events: list[Event] = []
        self.open: dict[int, Event] = {}
        self.late: list[_Line] = []

    def read(self) -> None:
        """Read the file. Raises :class:`JournalError`, naming the file and the line."""
        number = 1
        try:
            with self.path.open("rb") as file:
                header = file.readline()
                if header.endswith(_NEWLINE):
                    self.header = _decoded(_HEADER, header)
                number += 1
                while lines := _whole(file.readlines(_CHUNK)):
                    for line in _all_decoded(lines):
                        self._add(line)
                        number += 1
        except (ValueError, RecursionError) as error:
            raise JournalError(
                f"journal {self.path} is damaged in line {number}: {error}"
            ) from None

    def _add(self, line: _Line) -> None:
        if line.start is not UNSET:
            if line.step is UNSET or line.thread is UNSET:
                raise ValueError("a start without its step or thread")
            if line.n in self.open:
                raise ValueError(f"attempt {line.n} starts again before its end")
            host, pid = self.header.process
            event = Event(line.step, 1, line.start, None, None, host, pid, line.thread)
            self.events.append(event)
            self.open[line.n] = event
        elif line.end is UNSET or line.error is UNSET:
            raise ValueError("not a start or an end of an attempt")
        elif line.n in self.open:
            _end(self.open.pop(line.n), line)
        else:
            self.late.append(line)


def _end(event: Event, line: _Line) -> None:
    # The event is not in use yet, and making a changed copy would double the cost.
    force_setattr(event, "end_ns", line.end)
    if line.error is not None:
        force_setattr(event, "error", line.error)


def _end_late(journals: list[_JournalFile]) -> None:
    """Give attempts the ends that are in another journal of their process."""
    if not any(journal.late for journal in journals):
        return
    open_ = {
        (journal.header.process, n): event
        for journal in journals
        for n, event in journal.open.items()
    }
    for journal in journals:
        for line in journal.late:
            event = journal.open.pop(line.n, None) or open_.pop(
                (journal.header.process, line.n), None
            )
            if event is None:
                raise JournalError(f"{journal.path} ends attempt {line.n}, which has no start")
            _end(event, line)


def _one_clock(journals: list[_JournalFile]) -> None:
    """Convert all times to the collector's clock, or to that of the only machine.

    The difference of two clocks is estimated as the shortest delay of all journals of a machine:
    the remaining error is the travel time of its quickest packet, the same for all of its steps
    (Cristian, Probabilistic clock synchronization, 1989).
    """
    clocks: dict[str, str] = {}  # with a host that uses each
    shifts: dict[str, int] = {}
    for header in (journal.header for journal in journals):
        delay_ns = header.delay_ns
        if delay_ns is not None and header.here and header.boot not in ("", header.here):
            shifts[header.boot] = min(delay_ns, shifts.get(header.boot, delay_ns))
        if clock := header.here or header.boot:
            clocks.setdefault(clock, header.host)
    if len(clocks) > 1:
        hosts = " and ".join(sorted(clocks.values()))
        raise JournalError(
            f"steps were recorded on {hosts} without the collector: "
            "times of different clocks cannot be compared"
        )
    for journal in journals:
        if shift := shifts.get(journal.header.boot):
            for event in journal.events:
                force_setattr(event, "start_ns", event.start_ns + shift)
                if event.end_ns is not None:
                    force_setattr(event, "end_ns", event.end_ns + shift)


def _number(events: list[Event]) -> None:
    """Renumber the attempts at each step from 1, in order; so far all have number 1."""
    seen: dict[str, int] = {}
    for i, event in enumerate(events):
        seen[event.step] = attempt = seen.get(event.step, 0) + 1
        if attempt > 1:
            events[i] = replace(event, attempt=attempt)


def _whole(lines: list[bytes]) -> list[bytes]:
    """Return the lines without a last one that has no newline: a kill cut it off."""
    return lines if not lines or lines[-1].endswith(_NEWLINE) else lines[:-1]


def _all_decoded(lines: list[bytes]) -> Iterable[_Line]:
    """Decode lines all at once, in a third of the time, or one by one if any is odd."""
    try:
        decoded = _LINE.decode_lines(b"".join(lines))
    except (ValueError, RecursionError):
        decoded = []
    # decode_lines ignores empty lines; one by one, the number of the damaged line is found.
    return decoded if len(decoded) == len(lines) else (_decoded(_LINE, line) for line in lines)


def _decoded(decoder: msgspec.json.Decoder[_Kind], line: bytes) -> _Kind:
    try:
        return decoder.decode(line)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        # A name or message may hold half a surrogate pair (an undecodable file name does), which
        # json writes and msgspec does not read.
        return msgspec.convert(json.loads(line), decoder.type)


def most_at_once(events: Sequence[Event]) -> int:
    """Return the most that ran at the same time; an attempt without an end lasts 1 ns."""
    edges = [(event.start_ns, 1) for event in events]
    edges += [(event.end_ns or event.start_ns + 1, -1) for event in events]
    now = most = 0
    for _, change in sorted(edges):
        now += change
        most = max(most, now)
    return most
