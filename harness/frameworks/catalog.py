"""Catalog of adapters, read from each adapter.toml without importing an adapter."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from harness.errors import UsageError, unknown
from harness.frameworks.adapter_file import AdapterFile, Mode, read_adapter_file
from harness.frameworks.label import Label
from harness.home import Home, package_folder
from harness.model import BASELINE as BASELINE


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
