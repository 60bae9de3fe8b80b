"""Reading a run that may come from anywhere: its damage is told as such, not as a bug of ours."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator, Sequence
from pathlib import Path

from harness.errors import MACHINE, UsageError
from harness.results.journal import JournalError
from harness.wire import WireError

#: What a damaged run makes of arithmetic on it. RuntimeError is what generators make of
#: StopIteration, and what a recursion without end is.
_DAMAGE = (
    *(ArithmeticError, AssertionError, LookupError, RuntimeError, StopIteration),
    *(TypeError, ValueError, OSError, JournalError, WireError),
)


@contextlib.contextmanager
def untrusted(folders: Sequence[Path]) -> Iterator[None]:
    """Tell a run whose parts do not fit together as such.

    Raises :class:`~harness.errors.UsageError` instead of what the damage led to; an error of the
    machine, as a full disk or a reader that has gone, stays what it is.
    """
    try:
        yield
    except _DAMAGE as error:
        if isinstance(error, OSError) and error.errno in (*MACHINE, errno.EPIPE):
            raise
        names = ", ".join(folder.name for folder in folders)
        raise UsageError(
            f"{names}: run.json does not fit what was recorded beside it: "
            f"{type(error).__name__}: {error!s:.200}; if nobody changed either, please report this"
        ) from error
