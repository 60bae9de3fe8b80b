"""What a list of releases says of a project: pure functions, relative to a given day."""

from __future__ import annotations

import datetime
import itertools
import statistics
from collections.abc import Sequence

import msgspec
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from harness.stats import Refusal

#: The interpreters that are asked for.
INTERPRETERS = ("3.10", "3.11", "3.12", "3.13", "3.14")

_DATED = ("first_release", "age", "since_last", "releases_2y", "median_gap_2y")
_NONE = Refusal("the index has no final release")
_WINDOW_DAYS = 730
_YEAR_DAYS = 365.25

#: A figure, or the reason why there is none.
Found = float | str


class Release(msgspec.Struct, frozen=True):
    """One version of a package, as an index has it; what an index does not tell is None."""

    version: Version
    uploaded: datetime.date | None  #: of its first file
    yanked: bool  #: all its files are
    requires_python: str | None = None
    wheel_bytes: int | None = None  #: of the largest
    wheels: int = 0


def final(releases: Sequence[Release]) -> list[Release]:
    """Those that are no pre-releases, in ascending order."""
    return sorted(
        (each for each in releases if not each.version.is_prerelease), key=lambda r: r.version
    )


def latest(releases: Sequence[Release]) -> Release | None:
    """The greatest final version that was not withdrawn."""
    return next((each for each in reversed(final(releases)) if not each.yanked), None)


def history(releases: Sequence[Release], today: datetime.date) -> dict[str, Found | Refusal]:
    """How many releases, since when, how often. Pre-releases do not count."""
    told = final(releases)
    if not told:
        names = ("releases", *_DATED, "yanked")
        return dict.fromkeys(names, _NONE)
    found: dict[str, Found | Refusal] = {
        "releases": float(len(told)),
        "yanked": sum(each.yanked for each in told) / len(told),
    }
    return found | _dated(told, today)


def _dated(told: Sequence[Release], today: datetime.date) -> dict[str, Found | Refusal]:
    days = sorted(each.uploaded for each in told if each.uploaded is not None)
    if len(days) < len(told):
        missing = Refusal(f"the index has no upload time of {len(told) - len(days)} releases")
        return dict.fromkeys(_DATED, missing)
    recent = [day for day in days if 0 <= (today - day).days <= _WINDOW_DAYS]
    gaps = [(after - before).days for before, after in itertools.pairwise(recent)]
    return {
        "first_release": days[0].isoformat(),
        "age": round((today - days[0]).days / _YEAR_DAYS, 2),
        "since_last": float((today - days[-1]).days),
        "releases_2y": float(len(recent)),
        "median_gap_2y": float(statistics.median(gaps))
        if gaps
        else Refusal("fewer than two releases in two years"),
    }


def newest(release: Release | None) -> dict[str, Found | Refusal]:
    """What is known of the latest release."""
    if release is None:
        return dict.fromkeys(("latest", "requires_python", "admitted", "wheel"), _NONE)
    none = Refusal("it does not say")
    return {
        "latest": str(release.version),
        "requires_python": release.requires_python or none,
        "admitted": _admitted(release.requires_python),
        "wheel": _wheel(release),
    }


def _wheel(release: Release) -> Found | Refusal:
    if not release.wheels:
        return Refusal("it has no wheel")
    if release.wheel_bytes is None:
        return Refusal("the index does not tell sizes")
    return float(release.wheel_bytes)


def _admitted(requires_python: str | None) -> Found | Refusal:
    if requires_python is None:
        return Refusal("it does not say")
    try:
        wanted = SpecifierSet(requires_python)
    except InvalidSpecifier:
        return Refusal(f"{requires_python!r} is no specifier")
    return " ".join(each for each in INTERPRETERS if f"{each}.0" in wanted) or "none"
