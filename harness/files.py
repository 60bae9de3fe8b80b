"""Atomic file writes, to the intended place only: links are not followed."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from harness.errors import UsageError


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file completely or not at all; once this returns, it survives a crash.

    A link is replaced and not followed. Raises :class:`UsageError` if ``path`` is a folder.
    """
    if path.is_dir() and not path.is_symlink():
        raise UsageError(f"{path} is a folder; remove it, or write elsewhere")
    descriptor, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(aside, 0o644)
        os.replace(aside, path)
    except BaseException:
        # Missing if an interruption comes after the replacement.
        Path(aside).unlink(missing_ok=True)
        raise


def own_folder(folder: Path) -> Path:
    """Make ``folder`` if it does not exist, for files that the harness may replace; return it.

    Raises :class:`UsageError` if a run from another place has a link or a file there: files could
    be written into another folder of the user.
    """
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise UsageError(
            f"{folder} is a link or a file, not a folder; remove it, or write elsewhere"
        )
    folder.mkdir(parents=True, exist_ok=True)
    return folder
