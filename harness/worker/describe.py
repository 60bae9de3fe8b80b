"""Errors as one line, and versions of installed packages, for a worker's response."""

from __future__ import annotations

import contextlib
import importlib.metadata
import sys
import traceback


def explain(error: BaseException) -> str:
    """An error as one line; the whole traceback goes to the log."""
    with contextlib.suppress(Exception):  # stderr may be closed
        traceback.print_exception(error)
    try:
        text = " ".join(str(error).split()) or "(no message)"
    except Exception as worse:  # a message may be code that fails
        text = f"(its message cannot be had: {type(worse).__name__})"
    return f"{type(error).__name__}: {text}"[:1000]


def versions(distributions: list[str]) -> dict[str, str]:
    """Of Python and of those of these packages that are here."""
    found = {"python": ".".join(map(str, sys.version_info[:3]))}
    for name in distributions:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # an environment need not have every library of the workload
    return found
