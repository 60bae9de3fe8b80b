"""Code blocks of a Markdown page: which are executed, which become files, which are marked."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.paths import ROOT

_BLOCK = re.compile(
    r"^(?:<!-- not executed: (?P<reason>[^\n]+) -->\n)?"
    r"```(?P<language>\w*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_HEADER = re.compile(r"# (?P<path>[\w.-]+(?:/[\w.-]+)*\.\w+)\n")
_DROPPED = ("PYTHONPATH", "VIRTUAL_ENV")
_LIMIT_S = 900


@dataclass(frozen=True)
class Block:
    """One fenced block of a page."""

    language: str
    text: str
    reason: str  #: why it is not executed; empty if it is, or becomes a file

    @property
    def executed(self) -> bool:
        """Tell if the block holds commands that have to succeed."""
        return self.language == "sh" and not self.reason

    @property
    def file(self) -> str:
        """The path that its first line names, if it is to be written; else empty."""
        found = _HEADER.match(self.text)
        return found["path"] if found and not self.reason and self.language != "sh" else ""


def blocks(page: str) -> list[Block]:
    """Return the blocks of a page's text, in their order."""
    return [Block(m["language"], m["text"], m["reason"] or "") for m in _BLOCK.finditer(page)]


def checkout(folder: Path) -> Path:
    """Make ``folder`` like a checkout that has run nothing: environments and commands are ours."""
    for name in (".harness", ".venv"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "results").mkdir()
    (folder / "results" / "reference").symlink_to(ROOT / "results" / "reference")
    return folder


def follow(page: Iterable[Block], folder: Path) -> list[Block]:
    """Write and execute blocks in ``folder``, which has a ``.venv``; return the executed ones."""
    env = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith("HARNESS_") and key not in _DROPPED
    }
    done = []
    for block in page:
        if block.executed:
            _execute(block.text, folder, env)
            done.append(block)
        elif block.file:
            target = folder / block.file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.text, encoding="utf-8")
    return done


def _execute(text: str, folder: Path, env: dict[str, str]) -> None:
    ended = subprocess.run(
        ["bash", "-c", f"set -euo pipefail\n. .venv/bin/activate\n{text}"],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=_LIMIT_S,
        check=False,
    )
    assert ended.returncode == 0, f"{text}\n{ended.stdout}\n{ended.stderr}"
