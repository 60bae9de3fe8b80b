"""Locks: an adapter's requirements and the workload's, resolved and pinned with hashes."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from pathlib import Path

from packaging.utils import canonicalize_name

from harness.errors import EnvError
from harness.frameworks import interpreters
from harness.frameworks import requirement_lines as lines
from harness.frameworks.catalog import Framework
from harness.frameworks.uv import uv
from harness.home import Home

_OVERRIDES = "# Install with --no-deps; pins that contradict a requirement: "


def lock(
    home: Home, framework: Framework, workload_requirements: Path, *, overrides: bool = True
) -> None:
    """Resolve and pin, with hashes, all packages of a framework's environment.

    For an adapter that departs from the workload's pins, these take precedence over the framework's
    requirements with ``overrides``, and are left out without. Raises :class:`EnvError` with the
    resolver's explanation.
    """
    own = requirements_of(framework)
    sources = [workload_requirements, own]
    pin(home, framework, sources, framework.own_lock, "lock", overrides=overrides)


def pin(
    home: Home,
    framework: Framework,
    sources: Sequence[Path],
    output: Path,
    command: str,
    *,
    overrides: bool = True,
) -> None:
    """Resolve ``sources``, the workload's first, into ``output``; its pins stay where they can.

    The lock serves all interpreters that the framework admits, and its head names
    ``harness <command>`` as its origin, and ``overrides`` (see :func:`lock`). Raises
    :class:`EnvError` with the resolver's explanation.
    """
    admitted = framework.entry.python
    environments = [each for each in [interpreters.marker(admitted)] if each]
    workload, *others = sources
    departing, staying = _split(workload.read_text(), framework.entry.departs)
    with home.passing("lock") as folder:
        files = [folder / "workload.in", folder / "overrides.in"]
        files[0].write_text("\n".join(staying + (departing if overrides else [])))
        files[1].write_text("\n".join(departing if overrides else []))
        try:
            uv(
                home,
                threading.Event(),
                *("pip", "compile", "--quiet", "--universal", "--generate-hashes"),
                *("--no-annotate", "--python-version", interpreters.oldest(admitted)),
                *("--custom-compile-command", f"harness {command} {framework.spec}"),
                *("--override", str(files[1]), str(files[0]), *map(str, others)),
                *("--output-file", str(output)),
                # Otherwise the resolver would fail on packages without support for others.
                settings=f"[tool.uv]\nenvironments = {json.dumps(environments)}\n",
            )
        except EnvError as error:
            raise EnvError(f"{error}{_remedy(framework, str(error), workload)}") from None
    if overrides and departing:
        output.write_text(f"{_OVERRIDES}{', '.join(departing)}\n{output.read_text()}")


def overridden(lock: str) -> str:
    """Return the pins of a lock's text that contradict a requirement; empty if there are none."""
    first = lock.partition("\n")[0]
    return first.removeprefix(_OVERRIDES) if first.startswith(_OVERRIDES) else ""


def install_options(lock: str) -> tuple[str, ...]:
    """Return the options with which pip or uv can install a lock, given its text."""
    # The requirements of packages that the pins contradict must not be resolved.
    return ("--no-deps",) if overridden(lock) else ()


def check_lock(framework: Framework) -> None:
    """Raise :class:`EnvError` if the lock lacks a package that the requirements.in lists.

    Packages with a marker are left out: a lock need not have them.
    """
    asked = framework.folder / "requirements.in"
    if not asked.exists():
        return  # a lock suffices for an environment
    pins = {canonicalize_name(each.name) for each in lines.named(framework.lock.read_text())}
    for each in lines.named(asked.read_text()):
        if each.marker is None and canonicalize_name(each.name) not in pins:
            raise EnvError(
                f"{framework.lock} does not pin {each.name}, which {asked} lists; "
                f"renew it: harness lock {framework.adapter}"
            )


def requirements_of(framework: Framework) -> Path:
    """Return the adapter's requirements.in. Raises :class:`EnvError` if it does not exist."""
    own = framework.folder / "requirements.in"
    if not own.exists():
        raise EnvError(f"{own} is missing; list the framework's packages in it, one per line")
    return own


def _split(requirements: str, names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the lines that pin packages of these ``names``, and all other lines."""
    wanted = {canonicalize_name(each) for each in names}
    departing: list[str] = []
    staying: list[str] = []
    for line in requirements.splitlines():
        own = lines.requirement(line)
        mine = own is not None and canonicalize_name(own.name) in wanted
        (departing if mine else staying).append(line)
    return departing, staying


def _remedy(framework: Framework, error: str, workload: Path) -> str:
    """Return what to do if the resolver's ``error`` names a package that the workload pins."""
    pins = [each.name for each in lines.named(workload.read_text())]
    named = [each for each in dict.fromkeys(pins) if f" {each}" in error]
    left = [each for each in named if each not in framework.entry.departs]
    if not left:
        return ""
    return (
        f"; if {framework.adapter} asks for other versions than {workload} pins, say so in "
        f"{framework.folder / 'adapter.toml'}: departs = {json.dumps(left)} and departs_reason, "
        f"then run it again"
    )
