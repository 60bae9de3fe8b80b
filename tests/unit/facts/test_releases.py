"""Figures of release lists with known answers."""

from __future__ import annotations

import datetime
import itertools
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from harness.facts.releases import Release, final, history, latest, newest
from harness.stats import Refusal

TODAY = datetime.date(2026, 11, 23)


def release(version: str, days_ago: int | None, yanked: bool = False, **more: object) -> Release:
    day = None if days_ago is None else TODAY - datetime.timedelta(days_ago)
    return Release(Version(version), day, yanked, **more)  # type: ignore[arg-type]


def test_a_small_history_by_hand() -> None:
    dated = [
        release("1.0", 1461),
        release("1.1", 731),
        release("2.0", 730),
        release("2.1rc1", 400),
        release("2.1", 30, yanked=True),
        release("2.0.1", 10),
    ]
    assert history(dated, TODAY) == {
        "releases": 5.0,
        "yanked": 0.2,
        "first_release": "2022-11-23",
        "age": 4.0,
        "since_last": 10.0,
        "releases_2y": 3.0,
        "median_gap_2y": 360.0,  # of 700 and 20
    }
    found = latest(dated)
    assert found is not None
    assert str(found.version) == "2.0.1"


def test_one_unknown_time_makes_all_dated_figures_unknown() -> None:
    found = history([release("1.0", 10), release("1.1", None)], TODAY)
    assert found["releases"] == 2.0
    why = Refusal("the index has no upload time of 1 releases")
    dated = ("first_release", "age", "since_last", "releases_2y", "median_gap_2y")
    assert {name: found[name] for name in dated} == dict.fromkeys(dated, why)


@pytest.mark.parametrize("dated", [[], [release("1.0a1", 3)]])
def test_no_final_release_is_unknown_and_not_zero(dated: list[Release]) -> None:
    figures = {**history(dated, TODAY), **newest(latest(dated))}
    assert all(isinstance(each, Refusal) for each in figures.values())


def test_one_release_has_no_gap() -> None:
    found = history([release("1.0", 5)], TODAY)["median_gap_2y"]
    assert found == Refusal("fewer than two releases in two years")


@pytest.mark.parametrize(
    ("requires", "admitted"),
    [
        (">=3.11,<3.13", "3.11 3.12"),
        (">=3.9", "3.10 3.11 3.12 3.13 3.14"),
        ("!=3.11.*,<3.13", "3.10 3.12"),
        ("<3", "none"),
        ("frog", Refusal("'frog' is not a specifier")),
        (None, Refusal("it does not say")),
    ],
)
def test_interpreters_by_requires_python(requires: str | None, admitted: object) -> None:
    assert newest(release("1.0", 1, requires_python=requires))["admitted"] == admitted


def test_a_wheel_without_a_size_differs_from_no_wheel() -> None:
    sizes = [(120, 1), (None, 1), (None, 0)]
    found = [newest(release("1", 1, wheel_bytes=s, wheels=n))["wheel"] for s, n in sizes]
    assert found == [
        120.0,
        Refusal("the index does not give sizes"),
        Refusal("it has no wheel"),
    ]


@given(st.lists(st.tuples(st.integers(0, 5000), st.booleans()), min_size=1, max_size=30))
def test_figures_of_any_history(dated: list[tuple[int, bool]]) -> None:
    releases = [release(f"1.{i}", *each) for i, each in enumerate(dated)]
    found = history(releases, TODAY)
    ages = sorted(days for days, _ in dated)
    recent = [days for days in ages if days <= 730]
    assert found["releases"] == len(dated)
    assert found["since_last"] == ages[0]
    assert found["age"] == pytest.approx(ages[-1] / 365.25, abs=0.006)
    assert found["releases_2y"] == len(recent)
    assert found["yanked"] == statistics.fmean(yanked for _, yanked in dated)
    if len(recent) > 1:
        gaps = [after - before for before, after in itertools.pairwise(recent)]
        assert found["median_gap_2y"] == statistics.median(gaps)
    assert history(releases[::-1], TODAY) == found
    assert len(final(releases)) == len(dated)
