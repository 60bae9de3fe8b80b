"""Timeline of one execution: when each step ran, on which worker, and the critical path.

All stamps are nanoseconds since the start of the execution.
"""

from __future__ import annotations

import bisect
import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from harness.results.journal import Event
from workloads.dag import Workload

MAX_ROWS = 40  #: attempts up to which a chart has a row for each; beyond, a row for each lane


class Bar(msgspec.Struct, frozen=True, gc=False):
    """One attempt at a step."""

    step: str  #: lone surrogates, which JSON and SVG cannot hold, are escaped here and in ``error``
    attempt: int
    lane: str
    ready_ns: int  #: end of the upstream that ended last; 0 for a root
    start_ns: int
    end_ns: int | None  #: None if it never ended
    error: str | None
    critical: bool

    @property
    def state(self) -> str:
        """Return how to draw the bar: ``unfinished``, ``failed``, ``critical`` or ``step``."""
        if self.end_ns is None:
            return "unfinished"
        if self.error is not None:
            return "failed"
        return "critical" if self.critical else "step"


class Wait(msgspec.Struct, frozen=True, gc=False):
    """Time on the critical path in which ``step`` was ready and had not started."""

    step: str
    attempt: int
    start_ns: int
    end_ns: int
    queued_ns: int  #: part of it in which the lane that took it ran another step


class Lane(msgspec.Struct, frozen=True):
    """A worker as seen from outside: threads or processes that lived one after another."""

    name: str
    threads: int
    attempts: int
    busy_share: float  #: share of the makespan in which at least one step ran in it


class Timeline(msgspec.Struct, frozen=True):
    """One execution of a workload, bars in order of start."""

    workload: str
    bars: tuple[Bar, ...]
    lanes: tuple[Lane, ...]
    waits: tuple[Wait, ...]
    makespan_ns: int  #: to the last end; 0 if nothing ended
    span_ns: int  #: to the last stamp of any kind
    missing: tuple[str, ...]  #: steps that never started

    @property
    def path(self) -> list[Bar]:
        """Return the bars of the critical path, in order of start."""
        return [bar for bar in self.bars if bar.critical]


def timeline(workload: Workload, events: Sequence[Event], start_ns: int) -> Timeline:
    """Return the timeline of ``events``, which is complete only if the execution was.

    The critical path is walked back from the attempt that ended last, each time to the attempt that
    ended last among those it waited for: its upstreams, or the attempt before it. Gaps on it are
    waits for the engine or for a free worker. All stamps are of one host's clock; ``start_ns`` is
    the execution's start. Linear in steps and edges.
    """
    ended = [event.end_ns for event in events if event.end_ns is not None]
    last_ns = max([start_ns, *ended, *(event.start_ns for event in events)])
    makespan_ns = max([start_ns, *ended]) - start_ns
    index = {step.id: i for i, step in enumerate(workload.steps)}
    ordered = sorted(
        events, key=lambda event: (event.start_ns, index.get(event.step, -1), event.attempt)
    )
    lanes = _lanes(ordered, last_ns)
    before = _before(workload, ordered)
    path = _path(ordered, before)
    bars = []
    for event, upstream in zip(ordered, before, strict=True):
        ready_ns = 0 if upstream is None else (upstream.end_ns or 0) - start_ns
        bars.append(
            Bar(
                step=_whole(event.step),
                attempt=event.attempt,
                lane=f"w{lanes[_thread(event)]}",
                ready_ns=ready_ns,
                start_ns=event.start_ns - start_ns,
                end_ns=None if event.end_ns is None else event.end_ns - start_ns,
                error=None if event.error is None else _whole(event.error),
                critical=(event.step, event.attempt) in path,
            )
        )
    by_lane: dict[str, list[Bar]] = {}
    for bar in bars:
        by_lane.setdefault(bar.lane, []).append(bar)
    busy = {name: merged(own, last_ns - start_ns) for name, own in by_lane.items()}
    started = {event.step for event in events}
    return Timeline(
        workload=workload.name,
        bars=tuple(bars),
        lanes=tuple(_described(by_lane, busy, lanes, makespan_ns)),
        waits=tuple(_waits(bars, busy)),
        makespan_ns=makespan_ns,
        span_ns=last_ns - start_ns,
        missing=tuple(step.id for step in workload.steps if step.id not in started),
    )


def _whole(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


_Spans = list[tuple[int, int]]


def merged(bars: Iterable[Bar], until_ns: int) -> _Spans:
    """Return the spans in which at least one of ``bars`` ran, cut at ``until_ns``.

    ``bars`` come in order of start; times are nanoseconds.
    """
    found: _Spans = []
    for bar in bars:
        end_ns = until_ns if bar.end_ns is None else min(bar.end_ns, until_ns)
        if found and bar.start_ns <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end_ns))
        elif bar.start_ns < end_ns:
            found.append((bar.start_ns, end_ns))
    return found


_Thread = tuple[str, int, int]


def _thread(event: Event) -> _Thread:
    return event.host, event.pid, event.thread


def _lanes(ordered: Sequence[Event], last_ns: int) -> dict[_Thread, int]:
    """Return each thread's lane, counted from 1.

    An engine may start a process for each step. A thread that begins after another's last step
    takes over its lane, so that there are as many lanes as threads that were needed at once.
    """
    lives: dict[_Thread, tuple[int, int]] = {}
    for event in ordered:
        end_ns = last_ns if event.end_ns is None else event.end_ns
        first, last = lives.get(_thread(event), (event.start_ns, end_ns))
        lives[_thread(event)] = first, max(last, end_ns)
    lanes: dict[_Thread, int] = {}
    free: list[int] = []
    taken: list[tuple[int, int]] = []
    for thread, (first, last) in lives.items():  # in order of their first start
        while taken and taken[0][0] <= first:
            heapq.heappush(free, heapq.heappop(taken)[1])
        lanes[thread] = heapq.heappop(free) if free else len(taken) + 1
        heapq.heappush(taken, (last, lanes[thread]))
    return lanes


def _described(
    by_lane: Mapping[str, Sequence[Bar]],
    busy: Mapping[str, _Spans],
    lanes: Mapping[_Thread, int],
    makespan_ns: int,
) -> list[Lane]:
    threads = Counter(lanes.values())
    found = []
    for number in sorted(threads):
        name = f"w{number}"
        busy_ns = sum(max(0, min(end, makespan_ns) - start) for start, end in busy[name])
        share = busy_ns / makespan_ns if makespan_ns else 0.0
        found.append(Lane(name, threads[number], len(by_lane[name]), share))
    return found


def _waits(bars: Iterable[Bar], busy: Mapping[str, _Spans]) -> list[Wait]:
    """Return the gaps of the critical path; they do not overlap, so the search is linear."""
    found = []
    for bar in bars:
        if bar.critical and bar.ready_ns < bar.start_ns:
            spans, queued_ns = busy[bar.lane], 0
            i = bisect.bisect_right(spans, bar.ready_ns, key=lambda span: span[1])
            while i < len(spans) and spans[i][0] < bar.start_ns:
                start, end = spans[i]
                queued_ns += min(end, bar.start_ns) - max(start, bar.ready_ns)
                i += 1
            found.append(Wait(bar.step, bar.attempt, bar.ready_ns, bar.start_ns, queued_ns))
    return found


def _before(workload: Workload, ordered: Sequence[Event]) -> list[Event | None]:
    """Return for each attempt the one that ended last among those it waited for."""
    upstreams = {step.id: step.upstreams for step in workload.steps}
    index = {step: i for i, step in enumerate(upstreams)}
    final: dict[str, Event] = {}  # of each step, the attempt that ended last
    for event in ordered:
        if event.end_ns is not None and _end(event) >= _end(final.get(event.step)):
            final[event.step] = event

    def lateness(event: Event) -> tuple[int, int, int]:  # ties as in stats.critical_path
        return _end(event), -event.start_ns, -index[event.step]

    found: list[Event | None] = []
    previous: dict[str, Event] = {}
    for event in ordered:
        earlier = previous.get(event.step)
        if earlier is not None and earlier.end_ns is not None and earlier.end_ns <= event.start_ns:
            found.append(earlier)
        else:
            waited_for = [final[up] for up in upstreams.get(event.step, ()) if up in final]
            found.append(max(waited_for, key=lateness, default=None))
        previous[event.step] = event
    return found


def _end(event: Event | None) -> int:
    return -1 if event is None or event.end_ns is None else event.end_ns


def _path(ordered: Sequence[Event], before: Sequence[Event | None]) -> set[tuple[str, int]]:
    """Return the attempts on the critical path, by step and number."""
    index = {(event.step, event.attempt): i for i, event in enumerate(ordered)}
    last = max(ordered, key=_end, default=None)  # of several, the one that started first
    current = last if _end(last) >= 0 else None
    path: set[tuple[str, int]] = set()
    while current is not None:
        path.add((current.step, current.attempt))
        current = before[index[current.step, current.attempt]]
    return path
