"""``adapter.toml``: what is known of an adapter without running it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec
import tomllib
from packaging.specifiers import SpecifierSet

from harness.decode import decode
from harness.errors import UsageError, unknown
from harness.model import Struct, present_mode

#: What a framework is; the first two orchestrate, and are ranked unless others are asked for.
Role = Literal["orchestrator", "durable execution", "dataflow", "tracker", "library", "baseline"]

#: Modes of execution. Figures are compared within a mode only, so each name must mean the same for
#: all frameworks. A suffix after a hyphen distinguishes variants of a mode: ``server-postgres``.
MODES = ("inprocess", "server", "distributed", "endpoint")

_NO_FRAMEWORK = "python"  # as an adapter's package


class Setting(Struct, frozen=True):
    """Environment variable that a mode sets. ``{folder}`` is the adapter's scratch folder.

    A setting without a value, or an option of a command, is set by the adapter for each trial.
    """

    name: str
    reason: str
    value: str | None = None

    @property
    def shown(self) -> str:
        """Return the setting as a user would write it."""
        return self.name if self.value is None else f"{self.name}={self.value}"


class Mode(Struct, frozen=True):
    """Mode in which a framework executes, and its properties."""

    summary: str
    durable: bool  #: a run survives the death of its process
    parallel: bool  #: independent steps run at once; if not, it is measured with one worker
    isolation: Literal["none", "thread", "process", "pod"]  #: between two steps
    services: list[str] = msgspec.field(default_factory=list)
    settings: list[Setting] = msgspec.field(default_factory=list)
    #: Environment variables passed on from the user's environment, with the reason; not secrets.
    inherits: dict[str, str] = msgspec.field(default_factory=dict)
    database: str = ""  #: glob of the framework's own database's files, below the scratch folder
    module: str = "adapter"  #: in the adapter's folder, with the four functions for this mode
    needs: list[Literal["postgres", "redis", "dask"]] = msgspec.field(default_factory=list)
    remote: bool = False  #: steps may run on other hosts and send their records by network
    endpoint: str = ""  #: service to name by ``--service-url``, since no package can start it
    endpoint_variable: str = ""  #: environment variable with its URL, if the option is not given
    #: Environment variables that the user must set to the path of a file, by what each file is.
    files: dict[str, str] = msgspec.field(default_factory=dict)

    def given_urls(self, named: Mapping[str, str]) -> dict[str, str]:
        """Return URLs of services to use, by name: ``named``, and the variable's endpoint."""
        url = os.environ.get(self.endpoint_variable) if self.endpoint else None
        return {**({"endpoint": url} if url else {}), **named}

    def missing_service(self, named: Mapping[str, str]) -> str:
        """Return the service or file that the user has to name but did not, and how; or ``""``."""
        for variable, what in self.files.items():
            path = os.environ.get(variable)
            if not path:
                return f"needs {what}: export {variable}=/absolute/path"
            if not (Path(path).is_absolute() and Path(path).is_file()):
                return f"needs {what}: {variable}={path} is not the absolute path of a file"
        if not self.endpoint or "endpoint" in self.given_urls(named):
            return ""
        or_variable = f", or {self.endpoint_variable}" if self.endpoint_variable else ""
        return f"needs {self.endpoint}: --service-url URL{or_variable}"

    @property
    def variables(self) -> dict[str, str]:
        """Return the environment variables that it sets, and those that it inherits if set."""
        passed = (*self.inherits, *self.files)
        found = {name: os.environ[name] for name in passed if name in os.environ}
        return {each.name: each.value for each in self.settings if each.value is not None} | found


class LeftOut(Struct, frozen=True):
    """Mode that a reader would look for and that is not there, with the evidence."""

    mode: str
    reason: str
    evidence: str = ""  #: what was run and seen, or the page that says so


class AdapterFile(Struct, frozen=True):
    """Content of one adapter.toml."""

    title: str
    package: str  #: the distribution whose version is the framework's; "python" for none
    python: str  #: interpreters that it admits, as a version specifier
    homepage: str
    modes: dict[str, Mode]
    python_reason: str = ""  #: why it does not admit others
    compile: list[str] = msgspec.field(default_factory=list)  #: to be run in an exported project
    role: Role = "orchestrator"
    #: Packages that the workload pins, where the framework asks for other versions.
    departs: list[str] = msgspec.field(default_factory=list)
    departs_reason: str = ""
    tolerance: float = 0.0  #: relative, for numbers in outputs, where pins must differ
    tolerance_reason: str = ""
    control: bool = False  #: checks the harness itself; not a framework to choose (was ``ruler``)
    left_out: list[LeftOut] = msgspec.field(default_factory=list)

    @property
    def no_framework(self) -> bool:
        """Return whether the adapter is plain Python, without a framework."""
        return self.package == _NO_FRAMEWORK


def read_adapter_file(path: Path) -> AdapterFile:
    """Read one adapter.toml. Raises :class:`UsageError` naming the file and the key."""
    try:
        entry = decode(_with_new_names(tomllib.loads(path.read_text())), AdapterFile, str(path))
        SpecifierSet(entry.python)
    except ValueError as error:  # TOML, UTF-8 and specifiers alike
        raise UsageError(f"{path}: {error}") from None
    if not entry.modes:
        raise UsageError(f"{path}: has no mode; add a table [modes.inprocess]")
    strange = [mode for mode in entry.modes if mode.partition("-")[0] not in MODES]
    # Adapters without a framework, such as the tests' fakes, are not compared by mode.
    if strange and not entry.no_framework:
        raise UsageError(f"{path}: key modes.{strange[0]}: {unknown('mode', strange[0], MODES)}")
    return entry


def _with_new_names(raw: dict[str, Any]) -> dict[str, Any]:
    """Return an adapter.toml with keys of former versions under their present names."""
    if "ruler" in raw:
        raw = {**raw, "control": raw["ruler"]}
        del raw["ruler"]
    if isinstance(modes := raw.get("modes"), dict):
        raw = {**raw, "modes": {present_mode(name): each for name, each in modes.items()}}
    return _inherited(raw)


def _inherited(raw: dict[str, Any]) -> dict[str, Any]:
    """Return it with each mode's ``like`` replaced by that earlier mode's keys; settings add up."""
    modes = raw.get("modes")
    if not isinstance(modes, dict):
        return raw
    whole: dict[str, Any] = {}
    for name, mode in modes.items():
        whole[name] = mode
        if isinstance(mode, dict) and "like" in mode:
            own = dict(mode)
            model = whole.get(own.pop("like"))
            if not isinstance(model, dict) or model is mode:
                raise ValueError(f"key modes.{name}.like: {mode['like']!r} is not an earlier mode")
            settings = [*model.get("settings", []), *own.get("settings", [])]
            whole[name] = {**model, **own, "settings": settings}
    return {**raw, "modes": whole}
