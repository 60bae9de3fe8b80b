"""Search for a secret in the files of a trial."""

from __future__ import annotations

from pathlib import Path

from harness import wire
from harness.services import notes

_CHUNK = 1 << 20


def holding(folder: Path, secret: str) -> list[str]:
    """Return the files below ``folder`` that hold ``secret``, by their relative paths.

    The harness's own messages to and from hooks are left out.
    """
    needle = secret.encode()
    return [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*"))
        if not _ours(path) and path.is_file() and _holds(path, needle)
    ]


def searched(folder: Path) -> bool:
    """Return whether all data of the trial are below ``folder``.

    Those of its PostgreSQL are not if the user gave its URL, or if the server runs as a system
    user that cannot reach that folder.
    """
    had = "postgres" in notes.read(folder / wire.SERVICES).ready_s
    return not had or any(folder.rglob("PG_VERSION"))


def _ours(path: Path) -> bool:
    return path.name in (wire.REQUEST, wire.RESULT) or path.match("answer-*.json")


def _holds(path: Path, needle: bytes) -> bool:
    """Return whether a file holds ``needle``; read in overlapping chunks, since it may be large."""
    tail = b""
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                if needle in tail + chunk:
                    return True
                tail = chunk[-len(needle) :]
    except OSError:  # a socket, or a file deleted meanwhile
        return False
    return False
