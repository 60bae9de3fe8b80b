"""Samples of a process tree: taken by its keeper, read back, and their maxima within a span.

The pace leaves the tree undisturbed. They are taken in a thread of its own: the kernel walks page
tables for a sample, for milliseconds on a large tree. The interpreter's lock is free in that time,
so the keeper goes on draining the tree's output; in its select loop, the pipe could fill and a
writer would have to wait.
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

SHARE = 0.004  #: of one core, at most, as long as the pause that it asks for is not beyond
MAX_PAUSE_S = 10.0
MIN_PAUSE_S = 0.25

#: Gives a sample; None if nothing of the tree is left.
Measure = Callable[[], "Sample | None"]


class Sample(msgspec.Struct, frozen=True):
    """A process tree at one moment. None: the system does not say."""

    ns: int  #: CLOCK_MONOTONIC
    pss_bytes: int | None  #: or what ``memory`` says
    memory: Memory
    processes: int
    threads: int
    cpu_ns: int | None  #: cumulative
    written_bytes: int | None  #: cumulative


def read_samples(path: Path) -> list[Sample]:
    """All samples in order, without a torn last line.

    The tree may do to its folder what it likes, so a file that cannot be read has no samples, and
    a line that is none is left out.
    """
    try:
        lines = path.read_bytes().split(b"\n")[:-1]
    except OSError:
        return []
    return list(_decoded(lines))


def peak(samples: Sequence[Sample], start_ns: int, end_ns: int) -> Sample | None:
    """The maxima within a span, each by itself; ``ns`` is that of the last sample.

    If no sample lies in the span, the first one after it stands for it; None if there is none.
    ``memory`` is the least exact way in which one of them was counted.
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
    """How long to wait after a sample that took ``cost_ns`` of CPU time."""
    return min(max(cost_ns / 1e9 / SHARE, MIN_PAUSE_S), MAX_PAUSE_S)


class Sampler(threading.Thread):
    """Samples from :meth:`watch` to :meth:`stop`, appending to a file."""

    def __init__(self, path: Path) -> None:
        super().__init__(name="sampler", daemon=True)
        self.most: Sample | None = None  #: the maxima up to now
        self.cpu_ns = 0  #: CPU time that the samples took
        self._measure: Measure = lambda: None
        self._done = threading.Event()
        # Opened before there is a tree, which may do to its folder what it likes.
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)

    def watch(self, measure: Measure) -> None:
        """Begin to sample what ``measure`` gives."""
        self._measure = measure
        self.start()

    def run(self) -> None:
        """Sample until told to stop. A full disk ends the samples, never the trial."""
        pause = 0.0
        while not self._done.wait(pause):
            try:
                pause = pause_s(self._sample())
            except OSError as error:
                print(f"keeper: no more samples: {error}", file=sys.stderr)
                return

    def stop(self) -> None:
        """Take no more samples."""
        self._done.set()
        self.join(timeout=5)  # a system that hangs in a read must not take the keeper with it
        if not self.is_alive():
            os.close(self._file)

    def _sample(self) -> int:
        """Take one; returns the CPU time that it took, in nanoseconds."""
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
