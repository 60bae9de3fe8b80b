"""Log paths of a summary, relative to the current directory."""

from __future__ import annotations

from pathlib import Path

import msgspec

from harness.analysis.summary import Summary


def logs_from_here(summary: Summary) -> Summary:
    """Return ``summary`` with every log below the current directory named relative to it."""
    troubles = [
        msgspec.structs.replace(each, log=path_from_here(each.log)) for each in summary.troubles
    ]
    return msgspec.structs.replace(summary, troubles=troubles)


def path_from_here(path: str) -> str:
    """Return ``path`` relative to the current directory if it lies below it, else unchanged."""
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except ValueError:
        return path
