"""Experiment profiles: the experiments of a run and the number of trials, from a TOML file."""

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

#: Experiments whose points are tried from small to large, up to the first that fails.
LADDERS = ("growth", "payload")

#: Experiments that do not show plain Python with one worker beside each point: its own points are
#: others, or one worker gets only its share of the work.
ALONE = ("metg", "weak", "portability")

#: Bodies of steps that last for a given time.
BUSY = ("compute", "spin", "sleep")


class ExperimentSpec(Struct, frozen=True):
    """Experiment as written in a profile."""

    estimates: Estimates
    about: str  #: the question, in one line
    workload: str
    parameters: dict[str, Any] = msgspec.field(default_factory=dict)  #: the same at every point
    points: list[dict[str, Any]] = msgspec.field(default_factory=lambda: [{}])
    workers: list[int] = msgspec.field(default_factory=list)  #: empty: the run's
    repetitions: int | None = None  #: warm ones in each trial; None: the profile's
    budget_s: float | None = None  #: seconds allowed for one repetition
    frameworks: list[str] = msgspec.field(default_factory=list)  #: empty: those that were chosen


class Profile(Struct, frozen=True):
    """Experiment profile."""

    title: str
    trials: int = 1
    repetitions: int = 2
    idle_s: float = 0.0  #: seconds for which a started, idle service is watched
    experiments: dict[str, ExperimentSpec] = msgspec.field(default_factory=dict)


def read(path: Path) -> Profile:
    """Read a profile. Raises :class:`UsageError` naming the file, the key and the nearest one."""
    profile = _parsed(path)
    for name in profile.experiments.keys() & control_profile().experiments.keys():
        raise UsageError(
            f"{path}: experiments.{name}: every run has an experiment of that name, "
            "as a control of the harness itself; give yours another name"
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
    """Return the profile with this name, or in the file at this path.

    Raises :class:`UsageError` for an unknown name, and for a file that is not a valid profile.
    """
    if name.endswith(".toml"):
        return read(Path(name))
    known = names()
    if name not in known:
        raise unknown("profile", name, known)
    return read(_folder() / f"{name}.toml")


def names() -> list[str]:
    """Return the names of the profiles that come with the project, by number of trials."""
    found = {path.stem for path in _folder().glob("*.toml")} - {"controls"}
    sizes = {name: read(_folder() / f"{name}.toml").trials for name in found}
    return sorted(found, key=lambda name: (sizes[name], name))


def control_profile() -> Profile:
    """Return the profile of the controls, which are part of every run."""
    return _parsed(_folder() / "controls.toml")


def select(profile: Profile, experiments: list[str]) -> Profile:
    """Return the profile with only these experiments; with all of them if the list is empty.

    Raises :class:`UsageError` for an experiment that the profile does not have.
    """
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
        raise UsageError(f"{path}: has no experiment; add a table [experiments.NAME]")
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
    """Raise :class:`UsageError` for points that do not fit the experiment's estimate."""
    if entry.estimates == "weak" and len(entry.points) != len(entry.workers):
        raise UsageError(f"{where}.points: give one for each of workers = {entry.workers}")
    parameters = [{**entry.parameters, **point} for point in entry.points]
    if entry.estimates == "payload":
        if any(not isinstance(each.get("size"), int) for each in parameters):
            raise UsageError(f"{where}.points: each needs a size: the bytes passed between steps")
        rising([each["size"] for each in parameters], where)
    if entry.estimates == "metg":
        if entry.points != [{}]:
            raise UsageError(f"{where}.points: leave them out; a sweep chooses its own step times")
        if entry.parameters.get("body") not in BUSY:
            raise UsageError(
                f"{where}.parameters: name a body whose time can be swept: {', '.join(BUSY)}"
            )


def rising(sizes: Sequence[int], where: str) -> None:
    """Raise :class:`UsageError` unless ``sizes`` strictly ascend."""
    for small, large in pairwise(sizes):
        if large <= small:
            raise UsageError(
                f"{where}.points: {large} comes after {small}; give sizes from small to large, "
                "each once, because sizes beyond the first that fails are skipped"
            )


def _folder() -> Path:
    return package_folder("harness") / "profiles"
