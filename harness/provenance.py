"""Whether the code that a run began with is the code that would go on with it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from harness.home import package_folder
from harness.planning.workload import Source

_KINDS = {".py", ".toml", ".lock"}
_NO_CODE = {"facts.toml"}  # nothing that runs reads it


def digest(sources: Iterable[Source]) -> str:
    """Of our packages, and of the modules that the user's workloads come from."""
    ours = [package_folder(name) for name in ("workloads", "adapters", "harness")]
    theirs = [_module(source, source.root) for source in sources if source.root is not None]
    found = hashlib.sha256()
    for place in [*ours, *sorted(set(theirs))]:
        files = [place] if place.is_file() else sorted(place.rglob("*"))
        for file in files:
            if file.suffix in _KINDS and file.name not in _NO_CODE and file.is_file():
                found.update(f"{file.name}\0".encode() + file.read_bytes())
    return found.hexdigest()[:16]


def _module(source: Source, root: Path) -> Path:
    top = source.builder.partition(":")[0].split(".")[0]
    package = root / top
    return package if package.is_dir() else root / f"{top}.py"
