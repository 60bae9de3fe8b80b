"""Weights of criteria: from a profile, a file or single options, checked."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.decode import decode
from harness.errors import UsageError, unknown
from harness.matrix.criteria import FOLDER, parse
from harness.matrix.model import Frozen

#: The profile that is used if none is given.
DEFAULT = "equal"
#: Weights beyond these limits would be lost in rounding, or would make the others be lost.
LEAST, MOST = 1e-6, 1e6
#: The title of weights that the user gave.
OWN = "these weights"


class WeightProfile(Frozen, frozen=True):
    """Weights for one kind of user."""

    title: str
    about: str
    weights: dict[str, float]


class Uncertainty(Frozen, frozen=True):
    """Uncertainty of weights, and the parameters of its simulation."""

    draws: int
    seed: int
    concentration: float


class WeightProfiles(Frozen, frozen=True):
    """Content of ``profiles.toml``."""

    uncertainty: Uncertainty
    profiles: dict[str, WeightProfile]


def read(criteria: Collection[str], path: Path = FOLDER / "profiles.toml") -> WeightProfiles:
    """Read the profiles. Raise :class:`UsageError` if the file or a weight is wrong."""
    found = decode(parse(path), WeightProfiles, str(path))
    for name, profile in found.profiles.items():
        checked(profile.weights, criteria, f"{path}: profiles.{name}.weights")
    return found


def of(
    profiles: WeightProfiles,
    criteria: Collection[str],
    profile: str | None = None,
    file: str | None = None,
    single: Sequence[str] = (),
) -> tuple[str, dict[str, float]]:
    """Return a title, and the weight of every criterion in the order of ``criteria``.

    A profile or a file gives all weights (0 for a criterion that it omits); ``single`` texts such
    as ``scalability=5`` then replace some. Raise :class:`UsageError` with the wrong key and the
    nearest right one.
    """
    if profile is not None and file is not None:
        raise UsageError("--profile and --weights both give all weights: give one of them")
    name = profile or DEFAULT
    if name not in profiles.profiles:
        raise unknown("profile", name, profiles.profiles)
    whose, chosen = profiles.profiles[name].title, profiles.profiles[name].weights
    if file is not None:
        whose, chosen = OWN, checked(parse(Path(file)), criteria, file)
    replaced = checked(_singles(single), criteria, "--weight", some=False)
    if replaced:
        whose = OWN if file or not profile else f"{whose}, changed"
    weights = {key: {**chosen, **replaced}.get(key, 0.0) for key in criteria}
    if not any(weights.values()):
        raise UsageError(f"all weights are 0: give one above 0, of: {', '.join(criteria)}")
    return whose, weights


def checked(
    chosen: Mapping[str, Any], criteria: Collection[str], where: str, some: bool = True
) -> dict[str, float]:
    """Return ``chosen`` as weights. Raise :class:`UsageError` for a wrong key or number."""
    weights = {}
    for key, value in chosen.items():
        if key not in criteria:
            raise UsageError(f"{where}: {unknown('criterion', key, criteria)}")
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise UsageError(f"{where}: {key} = {value!r}: give a number of at least 0")
        if value != 0 and not LEAST <= value <= MOST:  # NaN is neither
            raise UsageError(f"{where}: {key} = {value}: give 0, or from {LEAST:g} to {MOST:g}")
        weights[key] = float(value)
    if some and not any(weights.values()):
        raise UsageError(f"{where}: all weights are 0; give one above 0, of: {', '.join(criteria)}")
    return weights


def _singles(texts: Sequence[str]) -> dict[str, float | str]:
    """Split ``k=v`` texts; leave a value that is not a number as text, for the check to name it."""
    found: dict[str, float | str] = {}
    for text in texts:
        key, separator, value = text.partition("=")
        if not separator:
            raise UsageError(f"--weight {text!r}: write criterion=number, as in scalability=5")
        try:
            found[key.strip()] = float(value)
        except ValueError:
            found[key.strip()] = value
    return found
