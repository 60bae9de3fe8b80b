"""What became of a trial's services, as the worker notes it and the harness reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

_FILE = "services.jsonl"


@dataclass(frozen=True)
class Noted:
    """Seconds until each service was ready, and for each command of their set-up; what was last
    heard of those that died; all commands that were given; and what instances that were given have
    lent and not got back, by service.
    """

    ready_s: dict[str, float] = field(default_factory=dict)
    prepared_s: dict[str, float] = field(default_factory=dict)
    died: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    lent: dict[str, str] = field(default_factory=dict)


def note(folder: Path, what: Mapping[str, object]) -> None:
    """Add one note."""
    with (folder / _FILE).open("a") as file:
        file.write(f"{json.dumps(what)}\n")


def read(folder: Path) -> Noted:
    """All notes of a trial. Lines that are none, such as a torn last one, are left out."""
    found = Noted()
    try:
        lines = (folder / _FILE).read_text(errors="replace").splitlines()
    except OSError:
        return found
    for line in lines:
        try:
            said = json.loads(line)
        except ValueError:
            continue
        match said:
            case {"service": str(name), "ready_s": float(seconds)}:
                found.ready_s[name] = seconds
            case {"prepared": str(name), "took_s": float(seconds)}:
                found.prepared_s[name] = seconds
            case {"died": str(how)}:
                found.died.append(how)
            case {"command": str(command)}:
                found.commands.append(command)
            case {"lent": str(name), "place": str(place)}:
                found.lent[name] = place
            case {"returned": str(name)}:
                found.lent.pop(name, None)
    return found
