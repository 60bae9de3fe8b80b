"""Errors as one line, and versions of installed packages, for a worker's response."""

from __future__ import annotations

import contextlib
import importlib.metadata
import sys
import traceback


def explain(error: BaseException) -> str:
    """Return an error as one line of at most 1,000 characters; print its traceback to the log."""
    with contextlib.suppress(Exception):  # stderr may be closed
        traceback.print_exception(error)
    try:
        text = " ".join(str(error).split()) or "(no message)"
    except Exception as worse:  # __str__ is code, and may fail
        text = f"(its message cannot be read: {type(worse).__name__})"
    return f"{type(error).__name__}: {text}"[:1000]


def versions(distributions: list[str]) -> dict[str, str]:
    """Return the versions of Python and of those ``distributions`` that are installed here."""
    found = {"python": ".".join(map(str, sys.version_info[:3]))}
    for name in distributions:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # an environment need not have every library of the workload
    return found
