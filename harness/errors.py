"""Errors that a user sees: each class owns its exit code, each message ends with a next step."""

from __future__ import annotations

import difflib
import errno
from collections.abc import Iterable

#: Of an OSError, what is the machine's fault and not ours: a full disk, a closed folder.
MACHINE = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR)

_LISTED = 20  # names of what there is; more would hide the message


class HarnessError(Exception):
    """Something went wrong which the harness understands."""

    exit_code = 1


class UsageError(HarnessError):
    """The command, or a file that the user wrote, asks for something that cannot be."""

    exit_code = 2


class EnvError(HarnessError):
    """An environment could not be made, or does not work."""

    exit_code = 3


class AdapterError(HarnessError):
    """An adapter breaks its contract."""

    exit_code = 4


class VerificationError(HarnessError):
    """What was recorded cannot be what was asked for."""

    exit_code = 5


def unknown(what: str, name: str, known: Iterable[str]) -> UsageError:
    """The error for a name that does not exist, with the nearest one that does."""
    names = list(known)
    near = difflib.get_close_matches(name, names, 1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    listed = ", ".join(names[:_LISTED]) or "none"
    return UsageError(f"no {what} {name!r}: {hint}known: {listed}{more}")
