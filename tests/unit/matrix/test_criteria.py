"""Criteria as data: the project's own, and files that are wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.facts import MEASURED, SOURCED, TARGETS
from harness.frameworks.catalog import discover
from harness.home import Home
from harness.matrix import criteria
from harness.matrix.model import Indicator
from harness.matrix.sources import OPEN
from harness.model import Verdict
from harness.probes import registry
from tests.paths import ROOT

LEVELS = "[levels.works]\nvalue = 1\nwhy = ''\n"
GOOD = LEVELS + (
    "[criteria.speed]\ntitle = ''\nasks = ''\n"
    "[[criteria.speed.indicators]]\nid = 'a'\ntitle = ''\nkind = 'measured'\nwhy = ''\n"
    "scale = 'log'\nlow = 1\nhigh = 10\n"
)


def count(indicator: Indicator, text: str) -> int:
    return len(re.findall(indicator.counts, text))


def test_the_eight_criteria_exist_in_their_order() -> None:
    found = criteria.read()
    assert list(found.criteria) == [
        *("scalability", "community", "ease", "cloud"),
        *("features", "portability", "reliability", "viability"),
    ]


def test_every_indicator_has_its_bounds_with_a_reason_and_a_unit() -> None:
    for name, each in criteria.read().indicators().items():
        assert len(each.why) > 15, name
        assert each.scale == "levels" or each.unit != "verdict", name


def test_an_ignored_request_is_worth_less_than_a_refused_one() -> None:
    levels = criteria.read().levels
    assert levels["works"].value > levels["partly"].value > levels["unsupported"].value
    assert levels["unsupported"].value > levels["accepted but ignored"].value == 0


def test_no_framework_is_named_in_criteria_profiles_or_code() -> None:
    catalog = discover(Home(ROOT))
    names = {name for name, each in catalog.items() if not each.entry.no_framework}
    assert names >= {"airflow", "prefect"}
    for path in (ROOT / "harness" / "matrix").iterdir():
        if path.is_file():
            # An example in a comment or a docstring is not a rule: ``prefect@3.8.5``.
            text = re.sub(r"``[^`]*``", "", path.read_text().casefold())
            assert not [name for name in names if name in text], path.name


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("low = 1\n", "low = 10\n", "low = 10.0, high = 10.0: give low below high"),
        ("low = 1\n", "low = nan\n", "give low below high"),
        ("low = 1\n", "low = 0\n", "a log scale needs bounds above 0"),
        ("low = 1\n", "lwo = 1\n", "did you mean 'low'"),
        ("'log'", "'levels'", "leave out bounds"),
        ("'log'", "'lin'", "linear"),
        ("'measured'", "'guessed'", "Invalid enum value 'guessed'"),
        ("why = ''\nscale", "why = ''\nweight = 0\nscale", "weight = 0.0: give a number above 0"),
        ("why = ''\nscale", "why = ''\ncounts = '('\nscale", "counts = '('"),
        ("value = 1", "value = 2", "levels.works: value = 2.0: give 0 to 1"),
    ],
)
def test_a_wrong_file_says_where_and_what(tmp_path: Path, old: str, new: str, said: str) -> None:
    file = tmp_path / "criteria.toml"
    file.write_text(GOOD)
    criteria.read(file)
    assert old in GOOD
    file.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(UsageError) as error:
        criteria.read(file)
    assert str(file) in str(error.value)
    assert said in str(error.value)


def test_an_id_must_be_unique_and_a_criterion_needs_indicators(tmp_path: Path) -> None:
    file = tmp_path / "criteria.toml"
    file.write_text(GOOD + GOOD.removeprefix(LEVELS).replace("speed", "other"))
    with pytest.raises(UsageError, match="two indicators have the id 'a'"):
        criteria.read(file)
    file.write_text(LEVELS + "[criteria.speed]\ntitle = ''\nasks = ''\nindicators = []\n")
    with pytest.raises(UsageError, match=r"criteria\.speed has no indicator"):
        criteria.read(file)


def test_each_indicator_has_its_probe_or_fact() -> None:
    found = criteria.read().indicators().values()
    probed = {each.id for each in found if each.kind == "probed"}
    assert probed == set(registry.every())
    sourced = {each.id for each in found if each.kind == "sourced"}
    assert sourced <= {*MEASURED, *SOURCED, *(f"integration_{target}" for target in TARGETS)}
    verdicts = {each.value for each in Verdict}
    assert verdicts == {*criteria.read().levels, *OPEN}


def test_counts_in_texts_match_their_content() -> None:
    found = criteria.read().indicators()
    assert count(found["declared"], "3.10 3.11 3.12") == 3
    assert count(found["managed"], "Amazon's; Google's (once another name)") == 2
    assert count(found["governance"], "graduated project of a (Linux Foundation)") == 1
    assert count(found["governance"], "one company") == 0
    assert count(found["security"], "policy: private reports") == 1
