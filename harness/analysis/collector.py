"""Python's collector of cycles, kept out of the way where values come by the million."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def paused() -> Iterator[None]:
    """No collection inside: what a run holds has no cycles, and walking all of it again and again
    while it grows would take a third of the time. Also a decorator.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
