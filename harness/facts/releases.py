"""Figures of a list of releases: pure functions, relative to a given day."""

from __future__ import annotations

import datetime
import itertools
import statistics
from collections.abc import Sequence

import msgspec
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from harness.stats import Refusal

#: The interpreters that facts cover.
INTERPRETERS = ("3.10", "3.11", "3.12", "3.13", "3.14")

_DATED = ("first_release", "age", "since_last", "releases_2y", "median_gap_2y")
_NONE = Refusal("the index has no final release")
_WINDOW_DAYS = 730
_YEAR_DAYS = 365.25

#: A figure, or the reason why there is none.
Found = float | str


class Release(msgspec.Struct, frozen=True):
    """One version of a package on an index; values that the index lacks are None."""

    version: Version
    uploaded: datetime.date | None  #: of its first file
    yanked: bool  #: whether all its files are
    requires_python: str | None = None
    wheel_bytes: int | None = None  #: of the largest
    wheels: int = 0


def final(releases: Sequence[Release]) -> list[Release]:
    """Return the final releases (not pre-releases) in ascending order."""
    return sorted(
        (each for each in releases if not each.version.is_prerelease), key=lambda r: r.version
    )


def latest(releases: Sequence[Release]) -> Release | None:
    """Return the greatest final version that was not withdrawn."""
    return next((each for each in reversed(final(releases)) if not each.yanked), None)


def history(releases: Sequence[Release], today: datetime.date) -> dict[str, Found | Refusal]:
    """Return the number, the age and the frequency of releases. Pre-releases do not count."""
    finals = final(releases)
    if not finals:
        names = ("releases", *_DATED, "yanked")
        return dict.fromkeys(names, _NONE)
    found: dict[str, Found | Refusal] = {
        "releases": float(len(finals)),
        "yanked": sum(each.yanked for each in finals) / len(finals),
    }
    return found | _dated(finals, today)


def _dated(finals: Sequence[Release], today: datetime.date) -> dict[str, Found | Refusal]:
    days = sorted(each.uploaded for each in finals if each.uploaded is not None)
    if len(days) < len(finals):
        missing = Refusal(f"the index has no upload time of {len(finals) - len(days)} releases")
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
    """Return the figures of the latest release."""
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
        return Refusal("the index does not give sizes")
    return float(release.wheel_bytes)


def _admitted(requires_python: str | None) -> Found | Refusal:
    if requires_python is None:
        return Refusal("it does not say")
    try:
        wanted = SpecifierSet(requires_python)
    except InvalidSpecifier:
        return Refusal(f"{requires_python!r} is not a specifier")
    return " ".join(each for each in INTERPRETERS if f"{each}.0" in wanted) or "none"
