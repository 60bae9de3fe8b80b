"""Sampler of a process tree: samples taken by the supervisor, read back, and their maxima.

The pace is slow enough not to disturb the tree. A thread takes the samples: for each, the kernel
walks page tables, for milliseconds on a large tree. The interpreter's lock is free in that time, so
the supervisor continues to drain the tree's output. In its select loop instead, sampling could let
the pipe fill up and block a writer.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal

import msgspec

SAMPLES = "samples.jsonl"

#: How memory was counted, from the most to the least exact: proportional set size (shared pages
#: divided among those who share them), unique (shared ones left out), resident (counted in each).
Memory = Literal["pss", "uss", "rss"]
KINDS: tuple[Memory, ...] = ("pss", "uss", "rss")

SHARE = 0.004  #: highest share of one core spent on sampling, except at the longest pause
MAX_PAUSE_S = 10.0
MIN_PAUSE_S = 0.25

#: Takes a sample; returns None if the tree has no process left.
Measure = Callable[[], "Sample | None"]


class Sample(msgspec.Struct, frozen=True):
    """Process tree at one moment. None: not available on this system."""

    ns: int  #: CLOCK_MONOTONIC
    pss_bytes: int | None  #: of the kind that ``memory`` names
    memory: Memory
    processes: int
    threads: int
    cpu_ns: int | None  #: cumulative
    written_bytes: int | None  #: cumulative


def read_samples(path: Path) -> list[Sample]:
    """Return all samples in order, without a torn last line.

    The tree can damage its own folder: a file that cannot be read yields an empty list, and a line
    that is not a sample is left out.
    """
    try:
        lines = path.read_bytes().split(b"\n")[:-1]
    except OSError:
        return []
    return list(_decoded(lines))


def peak(samples: Sequence[Sample], start_ns: int, end_ns: int) -> Sample | None:
    """Return the maximum of each value within a span; ``ns`` is that of the last sample.

    If no sample lies in the span, return the first one after it, or None if there is none.
    ``memory`` is the least exact kind among the samples.
    """
    within = [sample for sample in samples if start_ns <= sample.ns <= end_ns]
    if not within:
        within = [sample for sample in samples if sample.ns > end_ns][:1]
    if not within:
        return None
    return Sample(
        ns=within[-1].ns,
        pss_bytes=_most(sample.pss_bytes for sample in within),
        memory=max((sample.memory for sample in within), key=KINDS.index),
        processes=max(sample.processes for sample in within),
        threads=max(sample.threads for sample in within),
        cpu_ns=_most(sample.cpu_ns for sample in within),
        written_bytes=_most(sample.written_bytes for sample in within),
    )


def pause_s(cost_ns: int) -> float:
    """Return the seconds to wait after a sample that took ``cost_ns`` of CPU time."""
    return min(max(cost_ns / 1e9 / SHARE, MIN_PAUSE_S), MAX_PAUSE_S)


class Sampler(threading.Thread):
    """Thread that appends samples to a file, from :meth:`watch` to :meth:`stop`."""

    def __init__(self, path: Path) -> None:
        super().__init__(name="sampler", daemon=True)
        self.most: Sample | None = None  #: the maxima up to now
        self.cpu_ns = 0  #: CPU time that the samples took
        self._measure: Measure = lambda: None
        self._done = threading.Event()
        # Opened before the tree is started, which can damage its own folder.
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)

    def watch(self, measure: Measure) -> None:
        """Start to sample with ``measure``."""
        self._measure = measure
        self.start()

    def run(self) -> None:
        """Sample until :meth:`stop`. A full disk ends the sampling, but not the trial."""
        pause = 0.0
        while not self._done.wait(pause):
            try:
                pause = pause_s(self._sample())
            except OSError as error:
                print(f"supervisor: no more samples: {error}", file=sys.stderr)
                return

    def stop(self) -> None:
        """End the thread and close the file."""
        self._done.set()
        self.join(timeout=5)  # a read that hangs in the kernel must not block the supervisor
        if not self.is_alive():
            os.close(self._file)

    def _sample(self) -> int:
        """Take and write one sample; return its CPU time in nanoseconds."""
        began_ns = time.thread_time_ns()
        sample = self._measure()
        if sample is not None:
            os.write(self._file, msgspec.json.encode(sample) + b"\n")
            so_far = [sample] if self.most is None else [self.most, sample]
            self.most = peak(so_far, so_far[0].ns, sample.ns)
        took_ns = time.thread_time_ns() - began_ns
        self.cpu_ns += took_ns
        return took_ns


def _most(values: Iterable[int | None]) -> int | None:
    return max((value for value in values if value is not None), default=None)


def _decoded(lines: list[bytes]) -> Iterator[Sample]:
    for line in lines:
        try:
            yield msgspec.json.decode(line, type=Sample)
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
