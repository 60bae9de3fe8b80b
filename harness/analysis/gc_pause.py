"""Garbage collection paused while many objects without cycles are built."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def gc_paused() -> Iterator[None]:
    """Pause the garbage collector in a block, or in a function as a decorator.

    The values of a run have no cycles, and walking all of them again and again while they grow
    would take a third of the time.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
