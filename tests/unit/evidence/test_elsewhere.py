"""Verdicts and facts as readings, and requirements on frameworks."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import msgspec
import pytest

from harness.errors import UsageError
from harness.evidence.elsewhere import probed, sourced
from harness.matrix import constraints
from harness.matrix.constraints import Attributes
from harness.matrix.sources import ProbeReading
from tests.unit.matrix.made import CRITERIA, STARS


@dataclass(frozen=True)
class MadeFact:
    """A fact with its source and date."""

    name: str
    value: float | str | None
    source: str = "https://example.test/x"
    date: datetime.date = datetime.date(2030, 1, 1)
    stale: bool = False
    note: str = ""


def verdict(framework: str, probe: str, said: str) -> ProbeReading:
    return ProbeReading(
        framework=framework,
        mode="server",
        probe=probe,
        verdict=said,
        sources=(f"probes/{probe}",),
        note="as seen",
    )


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("works", 1.0),
        ("partly", 0.5),
        ("unsupported", 0.1),
        ("accepted but ignored", 0.0),
        ("inconclusive", None),
        ("needs a service", None),
    ],
)
def test_a_verdict_has_the_value_of_its_level_or_none_if_open(
    said: str, value: float | None
) -> None:
    (found,) = probed(CRITERIA, [verdict("a", "cron", said)])
    assert (found.value, found.text, found.mode) == (value, said, "server")
    assert (found.sources, found.note) == (("probes/cron",), "as seen")


def test_an_unknown_verdict_is_named_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="a: probe cron: no verdict 'work': did you mean 'works'"):
        list(probed(CRITERIA, [verdict("a", "cron", "work")]))


def test_probes_and_facts_that_no_criterion_uses_are_left_out() -> None:
    assert list(probed(CRITERIA, [verdict("a", "other", "works")])) == []
    assert list(probed(CRITERIA, [verdict("a", "stars", "works")])) == []
    assert (
        list(sourced(CRITERIA, {"a": [MadeFact("licence", "MIT"), MadeFact("cron", 1)]}, ["a"]))
        == []
    )


def test_facts_hold_for_every_version_of_a_framework() -> None:
    facts = {"a": [MadeFact("stars", 7, stale=True, note="rounded")], "b": [MadeFact("stars", 0.0)]}
    first, second, other = sourced(CRITERIA, facts, ["a@1", "a@2", "b", "c"])
    assert (first.framework, second.framework) == ("a@1", "a@2")
    assert (first.value, first.note, first.as_of) == (7.0, "rounded; read long ago", "2030-01-01")
    assert first.sources == ("https://example.test/x",)
    assert other.value == 0.0


def test_an_unknown_fact_is_missing_with_its_reason() -> None:
    facts = {"a": [MadeFact("stars", None, source="", note="no page found")]}
    (found,) = sourced(CRITERIA, facts, ["a"])
    assert (found.value, found.note, found.sources) == (None, "no page found", ())


def test_a_text_is_counted_by_the_pattern_of_its_criterion() -> None:
    with pytest.raises(UsageError, match="a: the fact stars is 'many'; give a number"):
        list(sourced(CRITERIA, {"a": [MadeFact("stars", "many")]}, ["a"]))
    counting = msgspec.structs.replace(STARS, counts="[^;]+")
    people = msgspec.structs.replace(CRITERIA.criteria["people"], indicators=(counting,))
    asked = msgspec.structs.replace(CRITERIA, criteria={"people": people})
    (found,) = sourced(asked, {"a": [MadeFact("stars", "one; another")]}, ["a"])
    assert (found.value, found.text) == (2.0, "one; another")


def known() -> Attributes:
    return constraints.known(
        {
            "a": {"mode": ["inprocess", "server-postgres"]},
            "b@2": {"mode": ["inprocess"], "framework": ["b@2", "b"]},
            "c": {"mode": []},
        },
        {
            "a": [MadeFact("licence", "Apache-2.0"), MadeFact("age", 9.5)],
            "b": [MadeFact("licence", "MIT"), MadeFact("age", None)],
        },
        [
            verdict("a", "cron", "works"),
            verdict("a", "cron", "accepted but ignored"),
            verdict("b", "cron", "unsupported"),
            verdict("c", "cron", "needs a service"),
        ],
        ["cron", "widest"],
    )


def reasons(require: list[str], exclude: list[str]) -> dict[str, str]:
    return {each.framework: each.reason for each in constraints.removed(known(), require, exclude)}


def test_a_required_probe_has_to_work_in_some_mode() -> None:
    assert reasons(["cron"], []) == {
        "b@2": "--require cron: unsupported in server",
        "c": "--require cron: not verified here: needs a service in server",
    }
    assert reasons(["widest"], []) == dict.fromkeys(
        ("a", "b@2", "c"), "--require widest: not probed here"
    )


def test_a_required_attribute_has_to_be_known() -> None:
    assert reasons(["mode=server"], []) == {
        "b@2": "--require mode=server: it has inprocess",
        "c": "--require mode=server: its mode is not known",
    }
    assert reasons(["licence=apache"], []) == {
        "b@2": "--require licence=apache: it has MIT",
        "c": "--require licence=apache: its licence is not known",
    }
    assert reasons(["age=9.5"], []).keys() == {"b@2", "c"}


def test_excluded_frameworks_are_removed_and_unknown_ones_stay() -> None:
    assert reasons([], ["licence=MIT"]) == {"b@2": "--exclude licence=MIT"}
    assert reasons([], ["cron"]) == {"a": "--exclude cron"}
    assert reasons(["cron"], ["mode=server", "licence=MIT"])["b@2"] == (
        "--require cron: unsupported in server; --exclude licence=MIT"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("corn", "did you mean 'cron'"),
        ("license=MIT", "no attribute 'license': did you mean 'licence'"),
        ("mode=inproces", "did you mean 'inprocess'"),
        ("mode=", "write mode=VALUE"),
        ("=x", "no attribute ''"),
    ],
)
def test_an_unknown_attribute_is_named_with_the_nearest(text: str, said: str) -> None:
    for require, exclude in (([text], []), ([], [text])):
        with pytest.raises(UsageError) as error:
            reasons(require, exclude)
        assert said in str(error.value)
