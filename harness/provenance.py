"""Provenance of a run's code: its digest, to notice changes before a resume, and its commit."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterable
from pathlib import Path

from harness.home import package_folder

_KINDS = {".py", ".toml", ".lock"}
_NO_CODE = {"facts.toml"}  # not read during a run


def code_digest(builders: Iterable[tuple[str, Path | None]]) -> str:
    """Return a digest of this project's packages and of the user's workload modules.

    ``builders``: ``module:function`` of each workload, and the folder that holds the user's module.
    """
    packages = [package_folder(name) for name in ("workloads", "adapters", "harness")]
    modules = [_module(builder, root) for builder, root in builders if root is not None]
    digest = hashlib.sha256()
    for place in [*packages, *sorted(set(modules))]:
        files = [place] if place.is_file() else sorted(place.rglob("*"))
        for file in files:
            if file.suffix in _KINDS and file.name not in _NO_CODE and file.is_file():
                digest.update(f"{file.name}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def _module(builder: str, root: Path) -> Path:
    top = builder.partition(":")[0].split(".")[0]
    package = root / top
    return package if package.is_dir() else root / f"{top}.py"


def commit() -> str | None:
    """Return the checkout's commit, with ``-dirty`` if it has changes; None outside a checkout."""
    root = package_folder("harness").parent
    if not (root / ".git").exists():
        return None
    try:
        head = _git(root, "rev-parse", "HEAD")
        return f"{head}-dirty" if _git(root, "status", "--porcelain") else head
    except (OSError, subprocess.SubprocessError):
        return None  # git is not installed, or the checkout has no commit yet


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", root, *arguments], capture_output=True, text=True, check=True, timeout=20
    )
    return done.stdout.strip()
