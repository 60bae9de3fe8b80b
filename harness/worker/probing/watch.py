"""Running and ended steps, read from the journals while they are written."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Running:
    """A step that has begun and not ended, with its process id."""

    step: str
    pid: int


def look(folder: Path) -> tuple[int | None, list[Running]]:
    """Return the start of the first step in ns, or None, and the running steps by start."""
    first: int | None = None
    running: list[tuple[int, Running]] = []
    for journal in folder.glob("*.jsonl"):
        lines = _lines(journal)
        if not lines:
            continue
        pid, begun = lines[0]["pid"], {}
        for line in lines[1:]:
            if "start" in line:
                begun[line["n"]] = line
                first = min(line["start"], first or line["start"])
            else:
                begun.pop(line["n"], None)
        running += [(each["start"], Running(each["step"], pid)) for each in begun.values()]
    return first, [each for _, each in sorted(running, key=lambda pair: pair[0])]


def begun(folder: Path) -> set[str]:
    """Return the names of steps that have begun."""
    paths = folder.glob("*.jsonl")
    return {line["step"] for path in paths for line in _lines(path)[1:] if "start" in line}


def succeeded(folder: Path) -> set[str]:
    """Return the names of steps that have succeeded."""
    found = set()
    for path in folder.glob("*.jsonl"):
        begun: dict[int, str] = {}
        for line in _lines(path)[1:]:
            if "start" in line:
                begun[line["n"]] = line["step"]
            elif line["error"] is None and line["n"] in begun:
                found.add(begun[line["n"]])
    return found


def count_succeeded(folder: Path) -> int:
    """Return the number of attempts at steps that have succeeded."""
    lines = (line for path in folder.glob("*.jsonl") for line in _lines(path)[1:])
    return sum("start" not in line and line["error"] is None for line in lines)


def _lines(journal: Path) -> list[dict[str, Any]]:
    """Return the complete lines; the last may be incomplete while it is written."""
    whole = journal.read_bytes().split(b"\n")[:-1]
    return [json.loads(line) for line in whole]
