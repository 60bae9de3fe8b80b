"""Catalog of adapters, read from each adapter.toml without importing an adapter."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec
import tomllib
from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from harness.decode import decode
from harness.errors import UsageError, unknown
from harness.frameworks.label import Label
from harness.home import Home, package_folder
from harness.model import BASELINE as BASELINE
from harness.model import Role, Struct

#: Modes of execution. Figures are compared within a mode only, so each name must mean the same for
#: all frameworks. A suffix after a hyphen distinguishes variants of a mode: ``server-postgres``.
MODES = ("inprocess", "server", "distributed", "cluster", "endpoint")

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

    def given_urls(self, named: Mapping[str, str]) -> dict[str, str]:
        """Return URLs of services to use, by name: ``named``, and the variable's endpoint."""
        url = os.environ.get(self.endpoint_variable) if self.endpoint else None
        return {**({"endpoint": url} if url else {}), **named}

    def missing_service(self, named: Mapping[str, str]) -> str:
        """Return the service that the user has to name but did not, and how; empty if none."""
        if not self.endpoint or "endpoint" in self.given_urls(named):
            return ""
        or_variable = f", or {self.endpoint_variable}" if self.endpoint_variable else ""
        return f"needs {self.endpoint}: --service-url URL{or_variable}"

    @property
    def variables(self) -> dict[str, str]:
        """Return the environment variables that it sets, and those that it inherits if set."""
        found = {name: os.environ[name] for name in self.inherits if name in os.environ}
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
    #: Packages that the workload pins, of which the framework asks for other versions.
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


class Framework(msgspec.Struct, frozen=True):
    """Adapter found on disk, with the version of its framework and the interpreter to use."""

    name: str  #: label: the adapter's name, ``prefect@3.8.5``, ``prefect@py3.12``, or an alias
    folder: Path
    entry: AdapterFile
    version: str | None = None  #: requested version; None for the one in the adapter's lock
    python: str | None = None  #: requested minor version of the interpreter, such as 3.12
    pinned: Path | None = None  #: the lock of ``version``, once ``versions.resolve`` has made it

    @property
    def adapter(self) -> str:
        """Return the name of the adapter's folder, which an alias does not change."""
        return self.folder.name

    @property
    def spec(self) -> str:
        """Return the label that names this framework in a command, also if it has an alias."""
        return str(Label(self.adapter, self.version, self.python))

    @property
    def interpreters(self) -> str:
        """Return the interpreters that it may have, as a version specifier."""
        return self.entry.python + (f",=={self.python}.*" if self.python else "")

    @property
    def refusal(self) -> str:
        """Return why it cannot have the requested interpreter; empty if it can."""
        if self.python is None or f"{self.python}.0" in SpecifierSet(self.entry.python):
            return ""
        because = f": {self.entry.python_reason}" if self.entry.python_reason else ""
        allowed = f"adapter.toml allows {self.entry.python}{because}"
        return f"does not support Python {self.python} ({allowed})"

    def module(self, mode: str) -> str:
        """Return the name of the module that a worker imports for a mode."""
        return f"adapters.{self.adapter}.{self.mode(mode).module}"

    @property
    def own_lock(self) -> Path:
        """Return the lock in the adapter's folder."""
        return self.folder / "requirements.lock"

    @property
    def lock(self) -> Path:
        """Return the lock that pins and hashes all packages of its environment."""
        if self.version is None:
            return self.own_lock
        assert self.pinned is not None, f"{self.name} has to be resolved first"
        return self.pinned

    @property
    def default_mode(self) -> str:
        """Return the first mode that adapter.toml names."""
        return next(iter(self.entry.modes))

    def mode(self, name: str) -> Mode:
        """Return one of its modes. Raises :class:`UsageError`, naming the nearest, if unknown."""
        if name not in self.entry.modes:
            raise unknown(f"mode of {self.name}", name, self.entry.modes)
        return self.entry.modes[name]


def adapter_folders(home: Home) -> list[Path]:
    """Return the folders to search for adapters: ours, ``./adapters``, ``$HARNESS_ADAPTERS``."""
    named = os.environ.get("HARNESS_ADAPTERS", "").split(os.pathsep)
    places = [package_folder("adapters"), home.root / "adapters", *map(Path, filter(None, named))]
    return list(dict.fromkeys(place.resolve() for place in places if place.is_dir()))


class Catalog(dict[str, Framework]):
    """Adapters by name, the baseline first.

    Access to a broken adapter raises the :class:`UsageError` that says why it is broken; to one
    that does not exist, a UsageError that names the nearest.
    """

    def __init__(
        self, sound: Mapping[str, Framework], broken: Mapping[str, UsageError] | None = None
    ) -> None:
        super().__init__(sound)
        self.broken = dict(broken or {})  #: errors by name

    def __missing__(self, name: str) -> Framework:
        if name in self.broken:
            raise self.broken[name]
        answers = [known for known, each in self.items() if not each.entry.control]
        raise unknown("framework", name, ["all", *answers, *self.broken])


def discover(home: Home) -> Catalog:
    """Find all adapters. One with a wrong adapter.toml, or a name in two folders, is broken."""
    places: dict[str, list[Path]] = {}
    for place in adapter_folders(home):
        for path in sorted(place.glob("*/adapter.toml")):
            places.setdefault(path.parent.name, []).append(path)
    sound, broken = {}, {}
    for name in sorted(places, key=lambda name: (name != BASELINE, name)):
        path, *others = places[name]
        try:
            if others:
                raise UsageError(f"adapter {name!r} is in {path.parent} and {others[0].parent}")
            sound[name] = Framework(name, path.parent, read_adapter_file(path))
        except UsageError as error:
            broken[name] = error
    return Catalog(sound, broken)


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


def choose_one(catalog: Catalog, name: str, command: str) -> Framework:
    """Return the one framework named for ``command``. Raises :class:`UsageError` for ``all``."""
    if name == "all":
        raise UsageError(f"harness {command} takes one adapter; name one of {', '.join(catalog)}")
    return choose(catalog, [name])[0]


def choose(catalog: Catalog, names: Sequence[str]) -> list[Framework]:
    """Return the named frameworks, each once.

    ``all`` stands for every one, ``prefect@3.8.5`` for a version, which ``versions.resolve`` has to
    resolve before it can be used, and ``prefect@py3.12`` for an interpreter. Raises
    :class:`UsageError` for a name that is unknown, broken or has no versions.
    """
    chosen: dict[str, Framework] = {}
    for name in names:
        if name == "all":
            if catalog.broken:
                error = next(iter(catalog.broken.values()))
                raise UsageError(f"{error}; fix it, or name frameworks: {', '.join(catalog)}")
            chosen.update(catalog)
            continue
        label = Label.parse(name)
        if label.adapter == "all":
            raise UsageError(f"{name}: give the version of one framework, as in prefect@3.8.5")
        found = catalog[label.adapter]
        if label.version is not None:
            found = of_version(found, label.version)
        if label.python is not None:
            found = of_python(found, label.python)
        chosen[found.name] = found
    return list(chosen.values())


def of_version(framework: Framework, version: str) -> Framework:
    """Return the same adapter with another version of its framework, as ``prefect@3.8.5``.

    Two ways to write one version give one label; ``versions.resolve`` refuses a text that is not a
    version. Raises :class:`UsageError` for an adapter without a framework.
    """
    if framework.entry.no_framework:
        raise UsageError(
            f"{Label(framework.adapter, version)}: {framework.adapter} has no versions, because it "
            f"has no package; write: {framework.adapter}"
        )
    with contextlib.suppress(InvalidVersion):  # it stays as written, for the later message
        version = str(Version(version))
    name = str(Label(framework.adapter, version))
    return msgspec.structs.replace(framework, name=name, version=version, pinned=None)


def of_python(framework: Framework, minor: str) -> Framework:
    """Return the same adapter with another interpreter, as ``prefect@py3.12``.

    Raises :class:`UsageError` for a text that is not a minor version.
    """
    if not re.fullmatch(r"3\.\d{1,2}", minor):
        written = msgspec.structs.replace(framework, python=minor).spec
        raise UsageError(f"{written}: write {Label(framework.adapter, framework.version, '3.12')}")
    other = msgspec.structs.replace(framework, python=minor)
    return msgspec.structs.replace(other, name=other.spec)


def alias(framework: Framework, name: str) -> Framework:
    """Return the same adapter, version and environment under another name."""
    return msgspec.structs.replace(framework, name=name)
