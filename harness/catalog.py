"""What adapters exist and what they say of themselves, read from adapter.toml, importing none."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import msgspec
import tomllib
from packaging.specifiers import SpecifierSet

from harness.errors import UsageError, unknown
from harness.home import Home, package_folder
from harness.model import Struct

#: The adapter whose verified output every other one has to equal.
BASELINE = "plain"


class Setting(Struct, frozen=True):
    """An environment variable that a mode sets. ``{folder}`` is the adapter's scratch folder."""

    name: str
    value: str
    reason: str


class Mode(Struct, frozen=True):
    """How a framework executes, and what that mode really is."""

    summary: str
    durable: bool  #: a run survives the death of its process
    parallel: bool  #: independent steps run at once; if not, it is measured with one worker
    isolation: Literal["none", "thread", "process", "pod"]  #: between two steps
    services: list[str] = msgspec.field(default_factory=list)
    settings: list[Setting] = msgspec.field(default_factory=list)


class Entry(Struct, frozen=True):
    """One adapter.toml."""

    title: str
    package: str  #: the distribution whose version is the framework's; "python" for none
    python: str  #: interpreters that it admits, as a version specifier
    homepage: str
    modes: dict[str, Mode]
    tolerance: float = 0.0  #: relative, for numbers in outputs, where pins must differ
    tolerance_reason: str = ""


class Framework(msgspec.Struct, frozen=True):
    """An adapter as found on disk."""

    name: str
    folder: Path
    entry: Entry

    @property
    def module(self) -> str:
        """What a worker imports."""
        return f"adapters.{self.name}.adapter"

    @property
    def lock(self) -> Path:
        """Everything its environment holds, pinned and hashed."""
        return self.folder / "requirements.lock"

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


def discover(home: Home) -> dict[str, Framework]:
    """All adapters by name, the baseline first.

    Raises :class:`UsageError` for a wrong adapter.toml (naming the key) or a name taken twice.
    """
    found: dict[str, Framework] = {}
    for place in adapter_folders(home):
        for path in sorted(place.glob("*/adapter.toml")):
            name = path.parent.name
            if name in found:
                raise UsageError(f"adapter {name!r} is in {found[name].folder} and {path.parent}")
            found[name] = Framework(name, path.parent, read_entry(path))
    return {name: found[name] for name in sorted(found, key=lambda name: (name != BASELINE, name))}


def read_entry(path: Path) -> Entry:
    """Read one adapter.toml. Raises :class:`UsageError` naming the file and the key."""
    try:
        entry = msgspec.convert(tomllib.loads(path.read_text()), Entry)
        SpecifierSet(entry.python)
    except (ValueError, msgspec.ValidationError) as error:  # TOML, UTF-8 and specifiers alike
        raise UsageError(f"{path}: {error}") from None
    if not entry.modes:
        raise UsageError(f"{path}: no mode; add a table [modes.inprocess]")
    return entry


def choose_one(catalog: dict[str, Framework], name: str, command: str) -> Framework:
    """The one framework that ``command`` was given."""
    if name == "all":
        raise UsageError(f"harness {command} takes one adapter; there are: {', '.join(catalog)}")
    return choose(catalog, [name])[0]


def choose(catalog: dict[str, Framework], names: list[str]) -> list[Framework]:
    """The named frameworks, each once; ``all`` stands for every one."""
    chosen: dict[str, Framework] = {}
    for name in names:
        if name == "all":
            chosen.update(catalog)
        elif name in catalog:
            chosen[name] = catalog[name]
        else:
            raise unknown("framework", name, ["all", *catalog])
    return list(chosen.values())
