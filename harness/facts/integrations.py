"""Integration packages: resolved together with a framework's pinned version."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import msgspec
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from harness.errors import EnvError
from harness.facts import releases
from harness.facts.index import Index
from harness.facts.model import Integration, IntegrationTarget, Resolution
from harness.frameworks import interpreters, locks
from harness.frameworks.catalog import Framework
from harness.frameworks.uv import uv_path
from harness.frameworks.versions import locked
from harness.home import Home

_TIMEOUT_S = 420.0
_LINE = 300
_NO_SOLUTION = 1  # uv's exit code; any other one means that uv itself failed
_ADDRESS = re.compile(r"\w+://\S+")


class Resolved(msgspec.Struct, frozen=True):
    """Result of a resolution by uv: the version that fits, or the reason why none does."""

    outcome: Resolution
    version: str | None = None
    why: str = ""


def integration(
    home: Home, framework: Framework, target: IntegrationTarget, text: str, index: Index
) -> Integration:
    """Find the requirement ``text`` on the index and resolve it with the adapter's requirements.

    Raise :class:`EnvError` if the index does not answer.
    """
    requirement = Requirement(text)
    project = index.project(requirement.name)
    latest = releases.latest(project.releases) if project else None
    if project is None or latest is None:
        why = "not on the index" if project is None else "no final release on the index"
        return Integration(target, text, "absent", None, None, None, why)
    found = _newest(home, framework, requirement, latest.version)
    if found.version is not None and requirement.extras:
        # uv only warns of an extra that does not exist.
        metadata = index.metadata(project, Version(found.version))
        found = _with_extras(found, requirement, metadata)
    version = str(latest.version)
    return Integration(
        target, text, found.outcome, found.version, version, latest.uploaded, found.why
    )


def _newest(
    home: Home, framework: Framework, requirement: Requirement, latest: Version
) -> Resolved:
    """Resolve the latest version, else any: a free resolver may choose one that is years old."""
    if not requirement.specifier and requirement.marker is None:
        found = _resolve(home, framework, f"{requirement}=={latest}")
        if found.outcome == "resolves":
            return found
    return _resolve(home, framework, str(requirement))


def _with_extras(found: Resolved, requirement: Requirement, metadata: object) -> Resolved:
    if not isinstance(metadata, dict):
        return Resolved("unknown", why=f"its extras are unknown: {metadata}")
    offered = {canonicalize_name(each) for each in metadata.get("provides_extra", ())}
    missing = sorted({canonicalize_name(each) for each in requirement.extras} - offered)
    if missing:
        why = f"{requirement.name} {found.version} has no extra {', '.join(missing)}"
        return Resolved("absent", why=why)
    return found


def _resolve(home: Home, framework: Framework, text: str) -> Resolved:
    try:
        own = locks.requirements_of(framework)
        interpreter = interpreters.choose(framework.entry.python, framework.spec)
    except EnvError as error:
        return Resolved("unknown", why=without_addresses(str(error)))
    with home.passing("resolve") as folder:
        asked, output = folder / "asked.in", folder / "found.txt"
        asked.write_text(f"{text}\n")
        command = [
            uv_path(),
            "pip",
            "compile",
            "--quiet",
            "--no-header",
            "--no-annotate",
        ]
        command += ["--color", "never", "--python", interpreter.path, "--output-file", str(output)]
        return _said([*command, str(own), str(asked)], output, Requirement(text).name, folder)


def _said(command: list[str], output: Path, name: str, folder: Path) -> Resolved:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False, cwd=folder
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        why = "uv took too long" if isinstance(error, subprocess.TimeoutExpired) else str(error)
        return Resolved("unknown", why=without_addresses(why))
    if done.returncode == 0:
        versions = locked(output.read_text(), name)
        return Resolved("resolves", str(max(versions))) if versions else Resolved("unknown")
    outcome: Resolution = "conflicts" if done.returncode == _NO_SOLUTION else "unknown"
    return Resolved(outcome, why=without_addresses(done.stderr))


def without_addresses(text: str) -> str:
    """Return a tool's message as one line, without addresses and drawn marks."""
    words = _ADDRESS.sub("(address)", text).replace("×", " ").replace("╰─▶", " ").split()
    said = " ".join(words)
    return said if len(said) <= _LINE else f"{said[:_LINE]}…"
