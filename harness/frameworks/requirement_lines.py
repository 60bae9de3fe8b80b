"""Lines of requirements files and locks: which packages they name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from packaging.requirements import InvalidRequirement, Requirement


def named(text: str) -> Iterator[Requirement]:
    """Yield the requirements of a requirements.in or a lock, without hashes and options."""
    for line in text.splitlines():
        if not line[:1].isspace() and (found := requirement(line.rstrip("\\ "))):
            yield found


def requirement(line: str) -> Requirement | None:
    """Return the requirement of one line; None if it is blank, a comment or an option."""
    try:
        return Requirement(re.split(r"(?:^|\s)#", line)[0].strip())
    except InvalidRequirement:
        return None
