"""Whether the code that a run began with is the code that would go on with it."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterable
from pathlib import Path

from harness.home import package_folder

_KINDS = {".py", ".toml", ".lock"}
_NO_CODE = {"facts.toml"}  # nothing that runs reads it


def code_digest(builders: Iterable[tuple[str, Path | None]]) -> str:
    """Of our packages, and of the modules that the user's workloads come from."""
    ours = [package_folder(name) for name in ("workloads", "adapters", "harness")]
    theirs = [_module(builder, root) for builder, root in builders if root is not None]
    found = hashlib.sha256()
    for place in [*ours, *sorted(set(theirs))]:
        files = [place] if place.is_file() else sorted(place.rglob("*"))
        for file in files:
            if file.suffix in _KINDS and file.name not in _NO_CODE and file.is_file():
                found.update(f"{file.name}\0".encode() + file.read_bytes())
    return found.hexdigest()[:16]


def _module(builder: str, root: Path) -> Path:
    top = builder.partition(":")[0].split(".")[0]
    package = root / top
    return package if package.is_dir() else root / f"{top}.py"


def commit() -> str | None:
    """The checkout's commit, ``-dirty`` appended if it was changed; None outside a checkout."""
    root = package_folder("harness").parent
    if not (root / ".git").exists():
        return None
    try:
        head = _git(root, "rev-parse", "HEAD")
        return f"{head}-dirty" if _git(root, "status", "--porcelain") else head
    except (OSError, subprocess.SubprocessError):
        return None  # no git here, or no commit yet


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", root, *arguments], capture_output=True, text=True, check=True, timeout=20
    )
    return done.stdout.strip()
