"""Notes on a trial's services: written by the worker, read by the harness."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

_FILE = "services.jsonl"


@dataclass(frozen=True)
class Noted:
    """All notes of a trial, by kind."""

    ready_s: dict[str, float] = field(default_factory=dict)  #: seconds until a service was ready
    prepared_s: dict[str, float] = field(default_factory=dict)  #: seconds of set-up commands
    died: list[str] = field(default_factory=list)  #: messages on services that died
    commands: list[str] = field(default_factory=list)  #: every command that was started
    lent: dict[str, str] = field(default_factory=dict)  #: databases of the user's, not yet dropped


def note(folder: Path, what: Mapping[str, object]) -> None:
    """Append one note to the file in ``folder``."""
    with (folder / _FILE).open("a") as file:
        file.write(f"{json.dumps(what)}\n")


def read(folder: Path) -> Noted:
    """Read all notes of a trial. Other lines, such as a torn last one, are left out."""
    noted = Noted()
    try:
        lines = (folder / _FILE).read_text(errors="replace").splitlines()
    except OSError:
        return noted
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        match entry:
            case {"service": str(name), "ready_s": float(seconds)}:
                noted.ready_s[name] = seconds
            case {"prepared": str(name), "took_s": float(seconds)}:
                noted.prepared_s[name] = seconds
            case {"died": str(how)}:
                noted.died.append(how)
            case {"command": str(command)}:
                noted.commands.append(command)
            case {"lent": str(name), "place": str(place)}:
                noted.lent[name] = place
            case {"returned": str(name)}:
                noted.lent.pop(name, None)
    return noted
