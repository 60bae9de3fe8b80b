"""Databases refuse to run as root, and should not: another user, and a folder that it can reach."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PREFIX = "harness-service-"


def account(*preferred: str) -> str | None:
    """The user to run a service as: the first that exists, where we are root; else ourselves."""
    if os.geteuid() != 0:
        return None
    known = {each.pw_name for each in pwd.getpwall()}
    return next((name for name in (*preferred, "nobody") if name in known), None)


@contextmanager
def folder_of(user: str | None, wanted: Path) -> Iterator[Path]:
    """A new folder that only ``user`` can read: ``wanted``, or, where a folder above it is closed
    to that user, one under the system's temporary folder, removed at the end.
    """
    wanted.mkdir(parents=True)
    if user is None or _reaches(user, wanted):
        yield _owned(wanted, user)
        return
    _sweep()
    outside = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir="/tmp"))
    try:
        yield _owned(outside, user)
    finally:
        shutil.rmtree(outside, ignore_errors=True)  # what is left of it the next one sweeps up


def _owned(folder: Path, user: str | None) -> Path:
    if user is not None:
        shutil.chown(folder, user)
    folder.chmod(0o700)
    return folder


def _reaches(user: str, folder: Path) -> bool:
    looked = subprocess.run(["test", "-x", str(folder)], user=user, extra_groups=[], check=False)
    return looked.returncode == 0


def _sweep() -> None:
    """Remove what processes left that were killed."""
    for folder in Path("/tmp").glob(f"{_PREFIX}*"):
        pid = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if pid.isdigit() and not Path("/proc", pid).exists():
            shutil.rmtree(folder, ignore_errors=True)  # another trial may be at the same one
