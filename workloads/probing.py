"""Bodies of steps for probes: small functions whose recorded attempts tell what a framework did.

They are run by ``execute`` like any step, so each attempt is recorded. Standard library only.
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
_GATE_S = 120.0  # that nobody opens, because whoever would is gone
HEARTBEATS = "heartbeats"


def source(width: int) -> list[int]:
    """1 to ``width``: how many is known only once this has run."""
    return list(range(1, width + 1))


def square(value: int) -> int:
    """The square of a number."""
    return value * value


def total(values: list[int]) -> int:
    """The sum of numbers."""
    return sum(values)


def say(word: Any) -> Any:
    """The argument, whatever it is."""
    return word


def fail(seconds: float = 0.0, beside_s: float = 0.0) -> None:
    """Raise ValueError after some seconds, once a body that beats has begun in this run; it is
    waited for no longer than ``beside_s``, because where steps run one by one it never comes.
    """
    end = time.monotonic() + beside_s
    while time.monotonic() < end and not _any_beats():
        time.sleep(_BEAT_S)  # it may be in another process: files are all that both can see
    time.sleep(seconds)
    raise ValueError("failed on purpose")


def flaky(fails: int, error: str = "ValueError") -> int:
    """Raise in the first ``fails`` attempts; then the number of the attempt, from 1."""
    attempt = attempts(f"flaky-{error}")
    if attempt <= fails:
        raise {"ValueError": ValueError, "TypeError": TypeError}[error](f"attempt {attempt}")
    return attempt


def counter() -> int:
    """How often this has been called in the run."""
    return attempts("counter")


def sleep(seconds: float) -> float:
    """Sleep in one go, as a step does that waits for something."""
    with _beating():
        time.sleep(seconds)
    return seconds


def spin(seconds: float) -> float:
    """Compute for some seconds in Python, as a step does that never waits."""
    with _beating():
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            pass
    return seconds


def link(previous: int, seconds: float, gate: str = "") -> int:
    """One link of a chain: some seconds' sleep, then the next number. Where a file is named it
    waits for that before, so that several runs can be let go at once; but not for ever.
    """
    end = time.monotonic() + _GATE_S
    while gate and time.monotonic() < end and not Path(gate).exists():
        time.sleep(_BEAT_S)
    time.sleep(seconds)
    return previous + 1


def allocate(megabytes: int) -> int:
    """Touch so much memory; tells how much it got."""
    block = bytearray(megabytes << 20)
    block[:: 1 << 12] = b"x" * len(block[:: 1 << 12])
    return len(block) >> 20


def whole(value: int) -> int:
    """A step that is annotated for whole numbers."""
    return value


def wordy() -> str:
    """A step that is annotated for text, and returns it."""
    return "abc"


def digest(text: str) -> str:
    """SHA-256 of a text: proves that it arrived without telling it."""
    return hashlib.sha256(text.encode()).hexdigest()


def shout(word: str) -> str:
    """Say a word on every channel of a step: print, and Python's logging."""
    print(f"printed {word}")
    sys.stdout.flush()
    logging.getLogger("harness.step").warning("logged %s", word)
    return word


def now() -> float:
    """Seconds since 1970: when did a trigger start this?"""
    return time.time()


def attempts(name: str) -> int:
    """How often this was called with ``name`` in the run, in whichever process; from 1."""
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
    """Leave a sign of life of this body every 50 ms, also once nobody waits for it."""
    with shared_folder(HEARTBEATS) as folder:
        path = folder / f"{os.getpid()}-{time.monotonic_ns()}"
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(_BEAT_S):
            # Over the last one, so that a kill never leaves half of it.
            os.pwrite(file, f"{time.monotonic_ns():020d}".encode(), 0)

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        os.close(file)
