"""Links that may be followed: into a folder that is ours to show, or to an address."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

from harness.report.document import Link
from harness.results import archive


def file(text: str, folder: Path, name: str, output: Path) -> Link | None:
    """A link from ``output`` to the file ``name`` below ``folder``; None if it is not there, or
    leads out of it. Of a packed run it leads to the file that holds it, and names it below the
    run's folder.
    """
    try:
        inside = folder.resolve()
        target = (inside / name).resolve()
        if not target.is_relative_to(inside) or not target.exists():
            return None
        if (packed := archive.origin(folder)) is not None:
            member = quote(str(target.relative_to(inside)))
            return Link(text, f"{quote(os.path.relpath(packed, output.resolve()))}#{member}")
    except (OSError, ValueError, RuntimeError):  # too long, a NUL, a loop of links
        return None
    return Link(text, quote(os.path.relpath(target, output.resolve())))
