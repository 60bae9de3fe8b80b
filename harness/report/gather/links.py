"""Links to files of runs, which must not lead out of the run's folder."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

from harness.report.document import Link
from harness.results import archive


def file(text: str, folder: Path, name: str, output: Path) -> Link | None:
    """Return a link from ``output`` to the file ``name`` below ``folder``.

    Return None if the file does not exist or lies outside ``folder``. For a packed run, the link
    leads to the archive, with the file's path in the fragment.
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
