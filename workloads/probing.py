"""Bodies of steps for probes: small functions whose recorded attempts show a framework's actions.

``execute`` runs them like any step, so each attempt is recorded. Standard library only.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from workloads.execute import shared_folder

_BEAT_S = 0.05
_GATE_S = 120.0  # longest wait for a gate, whose opener may have died
HEARTBEATS = "heartbeats"


def source(width: int) -> list[int]:
    """Return 1 to ``width``: a list whose length is known only at run time."""
    return list(range(1, width + 1))


def square(value: int) -> int:
    """Return the square of a number."""
    return value * value


def total(values: list[int]) -> int:
    """Return the sum of numbers."""
    return sum(values)


def say(word: Any) -> Any:
    """Return the argument."""
    return word


def fail(seconds: float = 0.0, beside_s: float = 0.0) -> None:
    """Raise ValueError after ``seconds``, once a body with heartbeats has begun in this run.

    The wait for that body ends after ``beside_s`` seconds, because with one step at a time it
    never begins.
    """
    end = time.monotonic() + beside_s
    while time.monotonic() < end and not _any_beats():
        time.sleep(_BEAT_S)  # it may be in another process, so that only files are shared
    time.sleep(seconds)
    raise ValueError("failed on purpose")


def flaky(fails: int, error: str = "ValueError") -> int:
    """Raise in the first ``fails`` attempts; then return the attempt's number, from 1."""
    attempt = attempts(f"flaky-{error}")
    if attempt <= fails:
        raise {"ValueError": ValueError, "TypeError": TypeError}[error](f"attempt {attempt}")
    return attempt


def counter() -> int:
    """Return how often this has been called in the run, from 1."""
    return attempts("counter")


def sleep(seconds: float) -> float:
    """Sleep in one call, like a step that waits for something; return ``seconds``."""
    with _beating():
        time.sleep(seconds)
    return seconds


def spin(seconds: float) -> float:
    """Compute for ``seconds`` in Python, like a step that never waits; return ``seconds``."""
    with _beating():
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            pass
    return seconds


def link(previous: int, seconds: float, gate: str = "") -> int:
    """Sleep for ``seconds``, and return the number after ``previous``: one link of a chain.

    With ``gate``, wait for that file first, for at most two minutes, so that several runs can be
    released at once.
    """
    end = time.monotonic() + _GATE_S
    while gate and time.monotonic() < end and not Path(gate).exists():
        time.sleep(_BEAT_S)
    time.sleep(seconds)
    return previous + 1


def allocate(megabytes: int) -> int:
    """Allocate and touch memory; return the megabytes."""
    block = bytearray(megabytes << 20)
    block[:: 1 << 12] = b"x" * len(block[:: 1 << 12])
    return len(block) >> 20


def whole(value: int) -> int:
    """Return the value; annotated for whole numbers."""
    return value


def wordy() -> str:
    """Return a text; annotated for text."""
    return "abc"


def digest(text: str) -> str:
    """Return the SHA-256 of a text, which proves that it arrived without revealing it."""
    return hashlib.sha256(text.encode()).hexdigest()


def shout(word: str) -> str:
    """Write a word to both channels of a step: print, and Python's logging; return it."""
    print(f"printed {word}")
    sys.stdout.flush()
    logging.getLogger("harness.step").warning("logged %s", word)
    return word


def now() -> float:
    """Return the seconds since 1970 at which a trigger started this."""
    return time.time()


def attempts(name: str) -> int:
    """Return how often this was called with ``name`` in the run, in any process, from 1."""
    with shared_folder("attempts") as folder:
        for number in count(1):
            with contextlib.suppress(FileExistsError):
                os.close(os.open(folder / f"{name}-{number}", os.O_CREAT | os.O_EXCL | os.O_WRONLY))
                return number
    raise AssertionError  # count() does not end


def _any_beats() -> bool:
    with shared_folder(HEARTBEATS) as folder:
        return any(folder.iterdir())


@contextmanager
def _beating() -> Iterator[None]:
    """Write a heartbeat of this body every 50 ms, even when its caller no longer waits."""
    with shared_folder(HEARTBEATS) as folder:
        path = folder / f"{os.getpid()}-{time.monotonic_ns()}"
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(_BEAT_S):
            # In place, so that a kill does not leave half of a stamp.
            os.pwrite(file, f"{time.monotonic_ns():020d}".encode(), 0)

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        os.close(file)
