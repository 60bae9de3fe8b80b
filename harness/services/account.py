"""User account and folder of a database: databases refuse to run as root."""

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
    """Return the user to run a service as: the first existing one; None if not root."""
    if os.geteuid() != 0:
        return None
    known = {each.pw_name for each in pwd.getpwall()}
    return next((name for name in (*preferred, "nobody") if name in known), None)


@contextmanager
def folder_of(user: str | None, wanted: Path) -> Iterator[Path]:
    """Make a new folder that only ``user`` can read.

    It is ``wanted``; or, if that user cannot reach it, a folder under ``/tmp``, which is removed at
    the end.
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
        shutil.rmtree(outside, ignore_errors=True)  # the next _sweep() removes the rest


def _owned(folder: Path, user: str | None) -> Path:
    if user is not None:
        shutil.chown(folder, user)
    folder.chmod(0o700)
    return folder


def _reaches(user: str, folder: Path) -> bool:
    looked = subprocess.run(["test", "-x", str(folder)], user=user, extra_groups=[], check=False)
    return looked.returncode == 0


def _sweep() -> None:
    """Remove the folders of processes that were killed."""
    for folder in Path("/tmp").glob(f"{_PREFIX}*"):
        pid = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if pid.isdigit() and not Path("/proc", pid).exists():
            shutil.rmtree(folder, ignore_errors=True)  # another trial may remove it too
