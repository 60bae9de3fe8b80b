"""Errors shown to the user: each class has its exit code, each message ends with a next step."""

from __future__ import annotations

import difflib
import errno
from collections.abc import Iterable

#: Numbers of an OSError caused by the machine and not by a bug: a full disk, a closed folder.
MACHINE = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR)

_LISTED = 20  # known names in a message; more would hide it


class HarnessError(Exception):
    """Error with a message for the user; any other exception is a bug."""

    exit_code = 1


class UsageError(HarnessError):
    """Invalid request, on the command line or in a file that the user wrote."""

    exit_code = 2


class EnvError(HarnessError):
    """Environment that could not be made or does not work."""

    exit_code = 3


class AdapterError(HarnessError):
    """Adapter that breaks its contract."""

    exit_code = 4


class VerificationError(HarnessError):
    """Recorded execution that differs from the requested workload."""

    exit_code = 5


def unknown(what: str, name: str, known: Iterable[str]) -> UsageError:
    """Return the error for an unknown name, with the nearest known one; ``what`` is its kind."""
    names = list(known)
    near = difflib.get_close_matches(name, names, 1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    listed = ", ".join(names[:_LISTED]) or "none"
    return UsageError(f"no {what} {name!r}: {hint}known: {listed}{more}")
