"""Versions of a framework other than the pinned one: each resolved once, into a lock of its own.

Such a lock differs from the adapter's only where it must: the adapter's pins are the resolver's
preferences. So two versions side by side differ in the framework and its dependencies only.
"""

from __future__ import annotations

import bisect
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from harness.errors import EnvError, HarnessError, UsageError
from harness.files import write_atomically
from harness.frameworks import interpreters, locks
from harness.frameworks.catalog import Catalog, Framework, of_version
from harness.frameworks.requirement_lines import named, requirement
from harness.home import Home, package_folder

_LISTED = "Available versions:"
_PIP_S = 90.0  # timeout of pip
_NEAREST = 4


def resolve(
    home: Home, frameworks: Sequence[Framework], on_part: Callable[[str, str], None]
) -> list[Framework]:
    """Return the same frameworks, those of other versions with their locks, made if needed.

    Only a version without a lock needs a package index. Raises :class:`UsageError` for a version
    that does not exist or cannot be resolved, naming the nearest, and for an interpreter that this
    machine does not have; :class:`EnvError` if the existing versions cannot be determined.
    """
    installed = [each.version.rpartition(".")[0] for each in interpreters.installed()]
    for each in frameworks:
        if each.python is not None and each.python not in installed:
            raise UsageError(
                f"{each.name}: Python {each.python} is not installed here, but "
                f"{', '.join(installed)} are; install it: uv python install {each.python}"
            )
    return [
        each if each.version is None else _resolved(home, each, each.version, on_part)
        for each in frameworks
    ]


def locked_versions(home: Home, catalog: Catalog) -> list[Framework]:
    """Return the frameworks of other versions whose locks exist and are up to date."""
    found = []
    for path in sorted(home.locks.glob("*.lock")):
        adapter, _, rest = path.name.partition("@")  # a file's name: label, dash, digest
        try:
            framework = of_version(catalog[adapter], rest.rpartition("-")[0])
            if place(home, framework) == path:
                found.append(msgspec.structs.replace(framework, pinned=path))
        except HarnessError:
            continue  # its adapter was removed, or it cannot be made on this machine any more
    return found


def place(home: Home, framework: Framework) -> Path:
    """Return the path of another version's lock, by the version and all inputs of its resolution.

    Raises :class:`EnvError` if no interpreter is admitted, or the adapter has no requirements.in.
    """
    python = interpreters.choose(framework.entry.python, framework.spec).version
    parts = [python.rpartition(".")[0]]
    parts += [path.read_text() for path in (_workload(), locks.requirements_of(framework))]
    parts += [framework.own_lock.read_text() if framework.own_lock.exists() else ""]
    key = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
    return home.locks / f"{framework.spec}-{key}.lock"


def locked(lock: str, package: str) -> set[Version]:
    """Return the versions of ``package`` that a lock's text pins: one, unless platforms differ."""
    wanted = canonicalize_name(package)
    mine = [each for each in named(lock) if canonicalize_name(each.name) == wanted]
    return {Version(pin.version) for requirement in mine for pin in requirement.specifier}


def pinned(requirements: str, package: str, version: str) -> str:
    """Return the text of a requirements.in with ``package`` pinned to exactly ``version``."""
    lines, found = [], False
    for line in requirements.splitlines():
        own = requirement(line)
        if own and canonicalize_name(own.name) == canonicalize_name(package):
            own.specifier, found = SpecifierSet(f"=={version}"), True
            line = str(own)
        lines.append(line)
    return "\n".join([*lines, *([] if found else [f"{package}=={version}"]), ""])


def nearest(version: Version | None, existing: Sequence[Version]) -> list[Version]:
    """Return at most four versions around ``version``, ascending; for None, the newest."""
    ordered = sorted(existing)
    at = len(ordered) if version is None else bisect.bisect_left(ordered, version)
    start = max(min(at - _NEAREST // 2, len(ordered) - _NEAREST), 0)
    return ordered[start : start + _NEAREST]


def existing(package: str, *, prereleases: bool) -> list[Version]:
    """Return all versions that the package index offers, as pip lists them.

    Raises :class:`EnvError` with pip's message if it lists none.
    """
    command = [sys.executable, "-m", "pip", "index", "versions", package]
    command += ["--disable-pip-version-check", "--no-input", "--ignore-requires-python"]
    command += ["--retries", "1", "--timeout", "20", *(["--pre"] if prereleases else [])]
    try:
        answer = subprocess.run(
            command, capture_output=True, text=True, timeout=_PIP_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EnvError(f"pip index versions {package}: {error}") from None
    listed = [line for line in answer.stdout.splitlines() if line.startswith(_LISTED)]
    if answer.returncode != 0 or not listed:
        # The last line alone, "no matching distribution", would hide that the index did not answer.
        message = " ".join(answer.stderr.split()) or f"exit code {answer.returncode}"
        message = message if len(message) <= 300 else f"…{message[-300:]}"
        raise EnvError(f"pip index versions {package}: {message}")
    return [Version(text.strip()) for text in listed[0].removeprefix(_LISTED).split(",")]


def _resolved(
    home: Home, framework: Framework, text: str, on_part: Callable[[str, str], None]
) -> Framework:
    try:
        version = Version(text)
    except InvalidVersion:
        what = f"{framework.spec}: {text!r} is not a version"
        raise UsageError(f"{what}; {_newest(framework)}") from None
    own = framework.own_lock
    if own.exists() and locked(own.read_text(), framework.entry.package) == {version}:
        return msgspec.structs.replace(framework, pinned=own)
    lock = place(home, framework)
    if not lock.exists():
        on_part(framework.name, "resolve")
        try:
            _make(home, framework, text, lock)
        except EnvError as error:
            on_part(framework.name, "failed")
            raise _refusal(framework, version, error) from None
    on_part(framework.name, "ready")
    return msgspec.structs.replace(framework, pinned=lock)


def _make(home: Home, framework: Framework, version: str, lock: Path) -> None:
    own = locks.requirements_of(framework)
    with home.passing("resolve") as folder:
        asked, output = folder / "requirements.in", folder / "requirements.lock"
        asked.write_text(pinned(own.read_text(), framework.entry.package, version))
        if framework.own_lock.exists():
            shutil.copy(framework.own_lock, output)
        locks.pin(home, framework, [_workload(), asked], output, "setup")
        lock.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(lock, output.read_bytes())


def _refusal(framework: Framework, version: Version, error: EnvError) -> HarnessError:
    """Return the error for a version that cannot be resolved, with existing ones near it."""
    package = framework.entry.package
    try:
        there = existing(package, prereleases=version.is_prerelease)
    except EnvError as other:
        return EnvError(
            f"{framework.spec} cannot be resolved: {error}; and the existing versions of {package} "
            f"cannot be determined: {other}; check that the package index can be reached"
        )
    near = ", ".join(f"{framework.adapter}@{each}" for each in nearest(version, there))
    if version not in there:
        return UsageError(f"{package} has no version {version}; the nearest: {near}")
    return UsageError(
        f"{framework.spec} exists, but cannot be resolved together with "
        f"{locks.requirements_of(framework)} and {_workload()}: {error}; "
        f"versions near it: {near}"
    )


def _newest(framework: Framework) -> str:
    try:
        there = existing(framework.entry.package, prereleases=False)
    except EnvError as error:
        return f"the existing versions cannot be determined: {error}"
    near = ", ".join(f"{framework.adapter}@{each}" for each in nearest(None, there))
    return f"the newest: {near}"


def _workload() -> Path:
    return package_folder("workloads") / "requirements.in"
