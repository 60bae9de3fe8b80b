"""Files that hold what they should not."""

from __future__ import annotations

from pathlib import Path

from harness import wire
from harness.services import notes

_CHUNK = 1 << 20


def holding(folder: Path, secret: str) -> list[str]:
    """Files below ``folder`` that hold ``secret``, but for what we and hooks told each other."""
    needle = secret.encode()
    return [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*"))
        if not _ours(path) and path.is_file() and _holds(path, needle)
    ]


def searched(folder: Path) -> bool:
    """Whether the trial's PostgreSQL, if it had one, lies below ``folder``: not where it was given,
    nor where its user cannot reach that folder.
    """
    had = "postgres" in notes.read(folder / wire.SERVICES).ready_s
    return not had or any(folder.rglob("PG_VERSION"))


def _ours(path: Path) -> bool:
    return path.name in (wire.REQUEST, wire.RESULT) or path.match("answer-*.json")


def _holds(path: Path, needle: bytes) -> bool:
    """Read in pieces, the end of each looked at again with the next: a database may be large."""
    tail = b""
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                if needle in tail + chunk:
                    return True
                tail = chunk[-len(needle) :]
    except OSError:  # a socket, or gone meanwhile
        return False
    return False
