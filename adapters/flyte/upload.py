"""Upload of the steps' code; the pods' image must hold only the packages that it imports."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from flytekit.constants import CopyFileDetection
from flytekit.remote import FlyteRemote
from flytekit.tools.fast_registration import FastPackageOptions

_IGNORED = shutil.ignore_patterns("__pycache__", "*.lock")


def upload(remote: FlyteRemote, folder: Path) -> str:
    """Upload the code as Flyte's fast registration does, and return its URL.

    Fast registration takes one folder. Code from several folders is copied to ``folder`` first.
    """
    gather(folder, [Path(each) for each in os.environ["PYTHONPATH"].split(os.pathsep)])
    # Not the default, which leaves out files that git ignores, such as a run's folder.
    options = FastPackageOptions([], keep_default_ignores=False, copy_style=CopyFileDetection.ALL)
    archive = folder.parent / "archive"
    archive.mkdir()
    _, url = remote.fast_package(folder, output=str(archive), options=options)
    return url  # type: ignore[no-any-return]  # flytekit is untyped here


def gather(folder: Path, sources: list[Path]) -> None:
    """Copy the top-level packages and modules that this process has imported from ``sources``."""
    folder.mkdir()
    for name, module in sorted(sys.modules.items()):
        if "." in name or name in ("__main__", "harness"):  # no step imports them
            continue
        # A package without __init__.py has a path, but not a file.
        places = [*getattr(module, "__path__", []), getattr(module, "__file__", None)]
        place = Path(places[0]) if places[0] else None
        if place is None or place.parent not in sources:
            continue
        if place.is_dir():
            shutil.copytree(place, folder / name, ignore=_IGNORED)
        else:
            shutil.copy(place, folder / place.name)
