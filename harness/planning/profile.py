"""Profiles: which experiments a run does, with how many trials, as data in a TOML file."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import tomllib

from harness.decode import decode
from harness.errors import UsageError, unknown
from harness.home import package_folder
from harness.model import Estimates, Struct

#: Experiments whose points are tried from small to large, and not beyond the first that fails.
LADDERS = ("growth", "payload")

#: Experiments in which plain Python with one worker has no place beside each point: its own points
#: are others, or one worker has no more than its own share of the work.
ALONE = ("metg", "weak", "portability")


#: Bodies that last as long as they are told.
BUSY = ("compute", "spin", "sleep")


class ExperimentSpec(Struct, frozen=True):
    """One experiment, as a profile writes it."""

    estimates: Estimates
    about: str  #: one line that says what is asked
    workload: str
    parameters: dict[str, Any] = msgspec.field(default_factory=dict)  #: the same at every point
    points: list[dict[str, Any]] = msgspec.field(default_factory=lambda: [{}])
    workers: list[int] = msgspec.field(default_factory=list)  #: empty: the run's
    repetitions: int | None = None  #: warm ones in each trial; None: the profile's
    budget_s: float | None = None  #: what one repetition may take
    frameworks: list[str] = msgspec.field(default_factory=list)  #: empty: those that were chosen


class Profile(Struct, frozen=True):
    """One profile."""

    title: str
    trials: int = 1
    repetitions: int = 2
    idle_s: float = 0.0  #: how long a started service is watched doing nothing
    experiments: dict[str, ExperimentSpec] = msgspec.field(default_factory=dict)


def read(path: Path) -> Profile:
    """Read a profile. Raises :class:`UsageError` naming the file, the key and the nearest one."""
    profile = _parsed(path)
    for name in profile.experiments.keys() & control_profile().experiments.keys():
        raise UsageError(
            f"{path}: experiments.{name}: every run has an experiment of that name, "
            "which proves that the ruler is straight; give yours another name"
        )
    return profile


def _parsed(path: Path) -> Profile:
    try:
        data = tomllib.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise UsageError(f"profile {path}: {error}") from None
    profile = decode(data, Profile, str(path))
    _check(profile, path)
    return profile


def find(name: str) -> Profile:
    """A profile by its name, or by the path of its file."""
    if name.endswith(".toml"):
        return read(Path(name))
    known = names()
    if name not in known:
        raise unknown("profile", name, known)
    return read(_folder() / f"{name}.toml")


def names() -> list[str]:
    """The profiles that come with the project, by size."""
    found = {path.stem for path in _folder().glob("*.toml")} - {"controls"}
    sizes = {name: read(_folder() / f"{name}.toml").trials for name in found}
    return sorted(found, key=lambda name: (sizes[name], name))


def control_profile() -> Profile:
    """The experiments that every run does to prove itself."""
    return _parsed(_folder() / "controls.toml")


def select(profile: Profile, experiments: list[str]) -> Profile:
    """The profile with only these experiments; all of them if none is named."""
    for name in experiments:
        if name not in profile.experiments:
            raise unknown("experiment", name, profile.experiments)
    chosen = {
        name: entry
        for name, entry in profile.experiments.items()
        if name in experiments or not experiments
    }
    return msgspec.structs.replace(profile, experiments=chosen)


def _check(profile: Profile, path: Path) -> None:
    for name, value in (("trials", profile.trials), ("repetitions", profile.repetitions)):
        if value < 1:
            raise UsageError(f"{path}: {name} = {value}: give a whole number of at least 1")
    if not 0 <= profile.idle_s < math.inf:
        raise UsageError(f"{path}: idle_s = {profile.idle_s}: give seconds of at least 0")
    if not profile.experiments:
        raise UsageError(f"{path}: no experiment; add a table [experiments.NAME]")
    for name, entry in profile.experiments.items():
        where = f"{path}: experiments.{name}"
        for workers in entry.workers:
            if workers < 1:
                raise UsageError(f"{where}.workers = {workers}: give at least 1")
        if entry.repetitions is not None and entry.repetitions < 1:
            raise UsageError(f"{where}.repetitions = {entry.repetitions}: give at least 1")
        if entry.budget_s is not None and not 0 < entry.budget_s < math.inf:
            raise UsageError(f"{where}.budget_s = {entry.budget_s}: give seconds above 0")
        if not entry.points:
            raise UsageError(f"{where}.points is empty; leave it out, or name parameters")
        _check_points(entry, where)


def _check_points(entry: ExperimentSpec, where: str) -> None:
    """What the estimate itself asks of an experiment's points."""
    if entry.estimates == "weak" and len(entry.points) != len(entry.workers):
        raise UsageError(f"{where}.points: give one for each of workers = {entry.workers}")
    parameters = [{**entry.parameters, **point} for point in entry.points]
    if entry.estimates == "payload":
        if any(not isinstance(each.get("size"), int) for each in parameters):
            raise UsageError(f"{where}.points: each needs a size, which is what travels")
        rising([each["size"] for each in parameters], where)
    if entry.estimates == "metg":
        if entry.points != [{}]:
            raise UsageError(f"{where}.points: leave them out, a sweep chooses its step times")
        if entry.parameters.get("body") not in BUSY:
            raise UsageError(
                f"{where}.parameters: name a body whose time can be swept: {', '.join(BUSY)}"
            )


def rising(sizes: Sequence[int], where: str) -> None:
    """Raise :class:`UsageError` unless sizes are tried from small to large, each once."""
    for small, large in pairwise(sizes):
        if large <= small:
            raise UsageError(
                f"{where}.points: {large} comes after {small}; give sizes from small to large, "
                "because none beyond the first that fails is tried"
            )


def _folder() -> Path:
    return package_folder("harness") / "profiles"
