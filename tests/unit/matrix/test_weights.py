"""Weights: from profiles, files and single options, and invalid ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.matrix import criteria, weights

PROFILES = weights.WeightProfiles(
    weights.Uncertainty(10, 7, 50),
    {
        "equal": weights.WeightProfile("equal weights", "", {"speed": 1, "people": 1, "does": 1}),
        "solo": weights.WeightProfile("one person", "", {"speed": 70, "people": 30}),
    },
)
KEYS = ("speed", "people", "does")


def test_all_criteria_count_the_same_by_default() -> None:
    assert weights.of(PROFILES, KEYS) == ("equal weights", {"speed": 1, "people": 1, "does": 1})


def test_a_profile_is_in_the_order_of_the_criteria_with_zero_for_omitted_ones() -> None:
    whose, found = weights.of(PROFILES, KEYS, "solo")
    assert (whose, list(found.items())) == (
        "one person",
        [("speed", 70.0), ("people", 30.0), ("does", 0.0)],
    )


def test_single_weights_replace_a_profiles() -> None:
    whose, found = weights.of(PROFILES, KEYS, "solo", single=["does=5", "speed=0"])
    assert (whose, found) == ("one person, changed", {"speed": 0.0, "people": 30.0, "does": 5.0})
    assert weights.of(PROFILES, KEYS, single=["does=5"])[0] == "these weights"


def test_a_file_gives_all_of_them(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("does = 2\nspeed = 0.5\n")
    whose, found = weights.of(PROFILES, KEYS, file=str(file), single=["people=1"])
    assert (whose, found) == ("these weights", {"speed": 0.5, "people": 1.0, "does": 2.0})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sped=1", "no criterion 'sped': did you mean 'speed'"),
        ("speed=-1", "speed = -1.0: give 0, or from"),
        ("speed=nan", "speed = nan: give 0, or from"),
        ("speed=inf", "speed = inf: give 0, or from"),
        ("speed=1e-300", "speed = 1e-300: give 0, or from"),
        ("speed=much", "speed = 'much': give a number"),
        ("speed", "write criterion=number"),
    ],
)
def test_an_invalid_weight_is_named(text: str, said: str) -> None:
    with pytest.raises(UsageError) as error:
        weights.of(PROFILES, KEYS, single=[text])
    assert "--weight" in str(error.value)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sped = 1", "did you mean 'speed'"),
        ("speed = true", "speed = True: give a number"),
        ("speed = '1'", "speed = '1': give a number"),
        (f"speed = {10**400}", "give 0, or from"),
        ("speed = 0", "all weights are 0"),
        ("", "all weights are 0"),
        ("speed = ", "mine.toml"),
    ],
)
def test_an_invalid_file_is_named(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text)
    with pytest.raises(UsageError) as error:
        weights.of(PROFILES, KEYS, file=str(file))
    assert "mine.toml" in str(error.value)
    assert said in str(error.value)


def test_weights_that_end_up_all_zero_are_refused() -> None:
    with pytest.raises(UsageError, match="all weights are 0"):
        weights.of(PROFILES, KEYS, "solo", single=["speed=0", "people=0"])


def test_an_unknown_profile_is_named_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="no profile 'sole': did you mean 'solo'"):
        weights.of(PROFILES, KEYS, "sole")


def test_a_profile_and_a_file_together_are_refused() -> None:
    with pytest.raises(UsageError, match="give one of them"):
        weights.of(PROFILES, KEYS, "solo", "mine.toml")


def test_the_projects_own_profiles_are_for_its_own_criteria() -> None:
    asked = criteria.read()
    found = weights.read(asked.criteria)
    assert {"equal", "solo", "start-up", "platform", "regulated", "classroom"} == set(
        found.profiles
    )
    for name, profile in found.profiles.items():
        assert set(profile.weights) == set(asked.criteria), name
        assert name == "equal" or sum(profile.weights.values()) == 100
        assert profile.about
