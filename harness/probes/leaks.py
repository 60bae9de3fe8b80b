"""Files that hold what they should not."""

from __future__ import annotations

from pathlib import Path

from harness import wire

_CHUNK = 1 << 20


def holding(folder: Path, secret: str) -> list[str]:
    """Files below ``folder`` that hold ``secret``, but for what we ourselves told the prober."""
    needle = secret.encode()
    return [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*"))
        if path.name != wire.REQUEST and path.is_file() and _holds(path, needle)
    ]


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
