"""What adapters exist and what they say of themselves, read from adapter.toml, importing none."""

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

from harness.errors import UsageError, unknown
from harness.frameworks.label import Label
from harness.home import Home, package_folder
from harness.model import BASELINE as BASELINE
from harness.model import Struct

#: How a framework may execute. Modes are never compared with each other, so all must mean the same.
#: What follows a hyphen tells two of a kind apart: ``server-postgres``.
MODES = ("inprocess", "server", "distributed", "cluster")

_NO_FRAMEWORK = "python"  # as an adapter's package


class Setting(Struct, frozen=True):
    """An environment variable that a mode sets. ``{folder}`` is the adapter's scratch folder.

    One without a value, or an option of a command, is set by the adapter for each trial.
    """

    name: str
    reason: str
    value: str | None = None

    @property
    def shown(self) -> str:
        """It as a person would write it."""
        return self.name if self.value is None else f"{self.name}={self.value}"


class Mode(Struct, frozen=True):
    """How a framework executes, and what that mode really is."""

    summary: str
    durable: bool  #: a run survives the death of its process
    parallel: bool  #: independent steps run at once; if not, it is measured with one worker
    isolation: Literal["none", "thread", "process", "pod"]  #: between two steps
    services: list[str] = msgspec.field(default_factory=list)
    settings: list[Setting] = msgspec.field(default_factory=list)
    #: Environment variables taken over from whoever runs the harness, with the reason; no secrets.
    inherits: dict[str, str] = msgspec.field(default_factory=dict)
    database: str = ""  #: glob of the framework's own database's files, below the scratch folder
    module: str = "adapter"  #: of the adapter's folder, where the four functions for it are
    needs: list[Literal["postgres", "redis", "dask"]] = msgspec.field(default_factory=list)
    remote: bool = False  #: steps may run on other hosts: what they record comes by network
    endpoint: str = ""  #: what ``--service-url`` has to name, since no package can start it
    endpoint_variable: str = ""  #: of the environment, which names it where the option does not

    def given_urls(self, named: Mapping[str, str]) -> dict[str, str]:
        """URLs of services to use, by name: those that were ``named``, and by the variable."""
        url = os.environ.get(self.endpoint_variable) if self.endpoint else None
        return {**({"endpoint": url} if url else {}), **named}

    def missing_service(self, named: Mapping[str, str]) -> str:
        """What has to be given and was not, and how; empty if nothing is."""
        if not self.endpoint or "endpoint" in self.given_urls(named):
            return ""
        or_variable = f", or {self.endpoint_variable}" if self.endpoint_variable else ""
        return f"needs {self.endpoint}: --service-url URL{or_variable}"

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables that it sets, and those that it inherits and finds."""
        found = {name: os.environ[name] for name in self.inherits if name in os.environ}
        return {each.name: each.value for each in self.settings if each.value is not None} | found


class AdapterFile(Struct, frozen=True):
    """One adapter.toml."""

    title: str
    package: str  #: the distribution whose version is the framework's; "python" for none
    python: str  #: interpreters that it admits, as a version specifier
    homepage: str
    modes: dict[str, Mode]
    python_reason: str = ""  #: why no others
    compile: list[str] = msgspec.field(default_factory=list)  #: to be run in an exported project
    tolerance: float = 0.0  #: relative, for numbers in outputs, where pins must differ
    tolerance_reason: str = ""
    #: It checks the harness itself and is not a framework to choose (formerly ``ruler``).
    control: bool = False

    @property
    def no_framework(self) -> bool:
        """Whether there is nothing to choose: it is plain Python."""
        return self.package == _NO_FRAMEWORK


class Framework(msgspec.Struct, frozen=True):
    """An adapter as found on disk, in its own or another version of its framework, or for another
    interpreter.
    """

    name: str  #: here: the adapter's, ``prefect@3.8.5``, ``prefect@py3.12``, or an alias
    folder: Path
    entry: AdapterFile
    version: str | None = None  #: as asked for; None is the one that the adapter's lock pins
    python: str | None = None  #: the interpreter's minor version as asked for, such as 3.12
    pinned: Path | None = None  #: the lock of ``version``, once ``versions.resolve`` has made it

    @property
    def adapter(self) -> str:
        """The name of the adapter's folder, whatever the framework is called here."""
        return self.folder.name

    @property
    def spec(self) -> str:
        """What a command has to be given to mean this framework, also where it has an alias."""
        return str(Label(self.adapter, self.version, self.python))

    @property
    def interpreters(self) -> str:
        """The interpreters that it may have, as a version specifier."""
        return self.entry.python + (f",=={self.python}.*" if self.python else "")

    @property
    def refusal(self) -> str:
        """Why it cannot have the interpreter that was asked for; empty if it can."""
        if self.python is None or f"{self.python}.0" in SpecifierSet(self.entry.python):
            return ""
        reason = self.entry.python_reason or "so its adapter.toml"
        return f"Python {self.python} is refused, {self.entry.python} admitted: {reason}"

    def module(self, mode: str) -> str:
        """What a worker imports for a mode."""
        return f"adapters.{self.adapter}.{self.mode(mode).module}"

    @property
    def own_lock(self) -> Path:
        """The lock that lies with the adapter."""
        return self.folder / "requirements.lock"

    @property
    def lock(self) -> Path:
        """Everything its environment holds, pinned and hashed."""
        if self.version is None:
            return self.own_lock
        assert self.pinned is not None, f"{self.name} has to be resolved first"
        return self.pinned

    @property
    def default_mode(self) -> str:
        """The first mode that adapter.toml names."""
        return next(iter(self.entry.modes))

    def mode(self, name: str) -> Mode:
        """One of its modes. Raises :class:`UsageError` naming the nearest."""
        if name not in self.entry.modes:
            raise unknown(f"mode of {self.name}", name, self.entry.modes)
        return self.entry.modes[name]


def adapter_folders(home: Home) -> list[Path]:
    """Where adapters are looked for: ours, ``./adapters``, and ``$HARNESS_ADAPTERS``."""
    named = os.environ.get("HARNESS_ADAPTERS", "").split(os.pathsep)
    places = [package_folder("adapters"), home.root / "adapters", *map(Path, filter(None, named))]
    return list(dict.fromkeys(place.resolve() for place in places if place.is_dir()))


class Catalog(dict[str, Framework]):
    """The adapters by name, the baseline first.

    Asking for one that is broken raises the :class:`UsageError` that says why; for one that does
    not exist, a UsageError that names the nearest.
    """

    def __init__(
        self, sound: Mapping[str, Framework], broken: Mapping[str, UsageError] | None = None
    ) -> None:
        super().__init__(sound)
        self.broken = dict(broken or {})  #: why, by name

    def __missing__(self, name: str) -> Framework:
        if name in self.broken:
            raise self.broken[name]
        answers = [known for known, each in self.items() if not each.entry.control]
        raise unknown("framework", name, ["all", *answers, *self.broken])


def discover(home: Home) -> Catalog:
    """All adapters. One whose adapter.toml is wrong, or whose name is taken twice, is broken."""
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
        entry = msgspec.convert(_with_new_names(tomllib.loads(path.read_text())), AdapterFile)
        SpecifierSet(entry.python)
    except (ValueError, msgspec.ValidationError) as error:  # TOML, UTF-8 and specifiers alike
        raise UsageError(f"{path}: {error}") from None
    if not entry.modes:
        raise UsageError(f"{path}: no mode; add a table [modes.inprocess]")
    strange = [mode for mode in entry.modes if mode.partition("-")[0] not in MODES]
    # Where there is no framework, as in the tests' fakes, there is nothing to confuse.
    if strange and not entry.no_framework:
        raise UsageError(f"{path}: key modes.{strange[0]}: {unknown('mode', strange[0], MODES)}")
    return entry


def _with_new_names(raw: dict[str, Any]) -> dict[str, Any]:
    """Return an adapter.toml with keys of former versions under their names of today."""
    if "ruler" in raw:
        raw = {**raw, "control": raw["ruler"]}
        del raw["ruler"]
    return _inherited(raw)


def _inherited(raw: dict[str, Any]) -> dict[str, Any]:
    """With all that a mode takes over from the earlier one that it is ``like``; settings add up."""
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
                raise ValueError(f"key modes.{name}.like: {mode['like']!r} is no earlier mode")
            settings = [*model.get("settings", []), *own.get("settings", [])]
            whole[name] = {**model, **own, "settings": settings}
    return {**raw, "modes": whole}


def choose_one(catalog: Catalog, name: str, command: str) -> Framework:
    """The one framework that ``command`` was given."""
    if name == "all":
        raise UsageError(f"harness {command} takes one adapter; there are: {', '.join(catalog)}")
    return choose(catalog, [name])[0]


def choose(catalog: Catalog, names: Sequence[str]) -> list[Framework]:
    """The named frameworks, each once; ``all`` stands for every one, ``prefect@3.8.5`` for a
    version, which ``versions.resolve`` has to resolve before it can be used, and ``prefect@py3.12``
    for an interpreter.

    Raises :class:`UsageError` for a name that is unknown, broken or has no versions.
    """
    chosen: dict[str, Framework] = {}
    for name in names:
        if name == "all":
            if catalog.broken:
                error = next(iter(catalog.broken.values()))
                raise UsageError(f"{error}; mend it, or name frameworks: {', '.join(catalog)}")
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
    """The same adapter with another version of its framework, labelled ``prefect@3.8.5``.

    Two ways to write one version give one label; what is no version is told by
    ``versions.resolve``. Raises :class:`UsageError` for an adapter of no framework.
    """
    if framework.entry.no_framework:
        raise UsageError(
            f"{Label(framework.adapter, version)}: {framework.adapter} has no versions, because it "
            f"has no package; ask for: {framework.adapter}"
        )
    with contextlib.suppress(InvalidVersion):  # that is kept as written, for the message
        version = str(Version(version))
    name = str(Label(framework.adapter, version))
    return msgspec.structs.replace(framework, name=name, version=version, pinned=None)


def of_python(framework: Framework, minor: str) -> Framework:
    """The same adapter with another interpreter, labelled ``prefect@py3.12``.

    Raises :class:`UsageError` for what is no minor version.
    """
    if not re.fullmatch(r"3\.\d{1,2}", minor):
        written = msgspec.structs.replace(framework, python=minor).spec
        raise UsageError(f"{written}: write {Label(framework.adapter, framework.version, '3.12')}")
    other = msgspec.structs.replace(framework, python=minor)
    return msgspec.structs.replace(other, name=other.spec)


def alias(framework: Framework, name: str) -> Framework:
    """The same adapter, version and environment under another name."""
    return msgspec.structs.replace(framework, name=name)
