"""Files that are written whole or not at all, and where they were meant to be."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from harness.errors import UsageError


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; it survives a crash once this returns.

    A link is replaced and not followed. Raises :class:`UsageError` where a folder has that name.
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
        # An interruption may come when it is in its place already.
        Path(aside).unlink(missing_ok=True)
        raise


def own_folder(folder: Path) -> Path:
    """``folder``, made if need be, for files that are ours to replace.

    Raises :class:`UsageError` where a run from elsewhere has something else there: a link would
    lead to a folder of the user.
    """
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise UsageError(f"{folder} leads elsewhere or is a file; remove it, or write elsewhere")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
