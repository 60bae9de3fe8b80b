"""Python interpreters on this machine, and the choice of one for a framework."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from harness.errors import EnvError
from harness.model import Struct

#: The version on which every framework installs, so that all can be compared on it.
PREFERRED = "3.11"

_MINORS = range(10, 15)
_ASK = "import sys; print(sys.base_prefix, *sys.version_info[:3], sep='\\n')"


class Interpreter(Struct, frozen=True):
    """Interpreter by its real path, behind shims and virtual environments."""

    path: str
    version: str


def choose(specifier: str, name: str) -> Interpreter:
    """Return the interpreter for a framework: the preferred version if admitted, else the newest.

    Raises :class:`EnvError` if no installed one is admitted, with the command that installs one.
    """
    found = installed()
    admitted = [each for each in found if Version(each.version) in SpecifierSet(specifier)]
    if not admitted:
        here = ", ".join(each.version for each in found) or "none"
        raise EnvError(
            f"{name} needs Python {specifier}, found {here}; "
            f"install one: uv python install {oldest(specifier)}"
        )
    return max(admitted, key=lambda each: (_minor(each) == PREFERRED, Version(each.version)))


def oldest(specifier: str) -> str:
    """Return the oldest minor version admitted, installed or not; else the preferred version."""
    minors = (f"3.{minor}" for minor in _MINORS)
    return next((m for m in minors if Version(f"{m}.9") in SpecifierSet(specifier)), PREFERRED)


def marker(specifier: str) -> str:
    """Return a version specifier as an environment marker of PEP 508."""
    parts = (
        f"python_full_version {each.operator} '{each.version}'" for each in SpecifierSet(specifier)
    )
    return " and ".join(sorted(parts))


@lru_cache(maxsize=1)
def installed() -> list[Interpreter]:
    """Return the interpreters from 3.10 on that run on this machine, one per minor version."""
    found: dict[str, Interpreter] = {}
    for candidate in _candidates():
        interpreter = _ask(candidate)
        if interpreter is not None:
            found.setdefault(_minor(interpreter), interpreter)
    return sorted(found.values(), key=lambda each: Version(each.version))


def _candidates() -> list[Path]:
    """Return possible interpreters: our own, then those in PATH, pyenv's and uv's folders."""
    places = [Path(part) for part in os.environ.get("PATH", "").split(os.pathsep) if part]
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    uv = Path(os.environ.get("UV_PYTHON_INSTALL_DIR", Path.home() / ".local/share/uv/python"))
    places += sorted(pyenv.glob("3.*/bin"), reverse=True)
    places += sorted(uv.glob("cpython-3.*/bin"), reverse=True)
    named = [place / f"python3.{minor}" for place in places for minor in _MINORS]
    return [Path(sys.executable), *(path for path in named if os.access(path, os.X_OK))]


def _ask(path: Path) -> Interpreter | None:
    """Return the interpreter behind ``path``; None if it does not run, as an unset pyenv shim."""
    try:
        answer = subprocess.run(
            [path, "-I", "-c", _ASK], capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    parts = answer.stdout.split("\n")
    if len(parts) < 4:
        return None
    prefix, major, minor, micro = parts[:4]
    real = Path(prefix) / "bin" / f"python{major}.{minor}"
    if not real.exists():
        return None
    return Interpreter(str(real), f"{major}.{minor}.{micro}")


def _minor(interpreter: Interpreter) -> str:
    return ".".join(interpreter.version.split(".")[:2])
