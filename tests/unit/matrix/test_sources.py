"""Verdicts and facts as readings, and what can be required of frameworks."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from harness.errors import UsageError
from harness.matrix import constraints
from harness.matrix.constraints import Known
from harness.matrix.sources import Verdict, probed, sourced
from tests.unit.matrix.made import CRITERIA


@dataclass(frozen=True)
class Told:
    """A fact as others give it."""

    name: str
    value: object
    unit: str = ""
    source: str = "https://example.test/x"
    read: str = "2030-01-01"
    stale: bool = False
    note: str = ""


def verdict(framework: str, probe: str, said: str, value: float | None = None) -> Verdict:
    return Verdict(
        framework=framework,
        mode="server",
        probe=probe,
        verdict=said,
        value=value,
        evidence=f"probes/{probe}",
        note="as seen",
    )


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("works", 1.0),
        ("partly", 0.5),
        ("unsupported", 0.1),
        ("ignored", 0.0),
        ("inconclusive", None),
        ("needs cluster", None),
    ],
)
def test_a_verdict_is_worth_what_its_level_says_and_one_of_nothing_is_missing(
    said: str, value: float | None
) -> None:
    (found,) = probed(CRITERIA, [verdict("a", "cron", said)])
    assert (found.value, found.text, found.mode) == (value, said, "server")
    assert (found.sources, found.note) == (("probes/cron",), "as seen")


def test_a_probe_that_counts_is_worth_its_number() -> None:
    (found,) = probed(CRITERIA, [verdict("a", "widest", "works", 2000)])
    assert (found.value, found.text) == (2000, "")
    (nothing,) = probed(CRITERIA, [verdict("a", "widest", "unsupported")])
    assert (nothing.value, nothing.text) == (None, "unsupported")


def test_a_verdict_that_is_none_is_named_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="a: probe cron: no verdict 'work': did you mean 'works'"):
        list(probed(CRITERIA, [verdict("a", "cron", "work")]))


def test_probes_and_facts_that_no_criterion_asks_for_are_left_out() -> None:
    assert list(probed(CRITERIA, [verdict("a", "other", "works")])) == []
    assert list(probed(CRITERIA, [verdict("a", "stars", "works")])) == []
    assert list(sourced(CRITERIA, {"a": [Told("licence", "MIT"), Told("cron", 1)]}, ["a"])) == []


def test_facts_hold_for_every_version_of_a_framework() -> None:
    facts = {"a": [Told("stars", 7, stale=True, note="rounded")], "b": [Told("stars", True)]}
    first, second, other = sourced(CRITERIA, facts, ["a@1", "a@2", "b", "c"])
    assert (first.framework, second.framework) == ("a@1", "a@2")
    assert (first.value, first.note, first.as_of) == (7.0, "rounded; read long ago", "2030-01-01")
    assert first.sources == ("https://example.test/x",)
    assert (other.value, other.text) == (1.0, "yes")


def test_a_fact_that_should_be_a_number_is_named() -> None:
    with pytest.raises(UsageError, match="a: the fact stars is 'many'; give a number"):
        list(sourced(CRITERIA, {"a": [Told("stars", "many")]}, ["a"]))


def known() -> Known:
    return constraints.known(
        {
            "a": {"mode": ["inprocess", "server-postgres"]},
            "b@2": {"mode": ["inprocess"]},
            "c": {"mode": []},
        },
        {
            "a": [Told("licence", "Apache-2.0"), Told("foundation", True)],
            "b": [Told("licence", "MIT"), Told("foundation", False)],
        },
        [
            verdict("a", "cron", "works"),
            verdict("a", "cron", "ignored"),
            verdict("b", "cron", "unsupported"),
            verdict("c", "cron", "needs cluster"),
        ],
        ["cron", "widest"],
    )


def reasons(require: list[str], exclude: list[str]) -> dict[str, str]:
    return {each.framework: each.reason for each in constraints.removed(known(), require, exclude)}


def test_a_required_probe_has_to_work_in_some_mode() -> None:
    assert reasons(["cron"], []) == {
        "b@2": "--require cron: unsupported in server",
        "c": "--require cron: not verified here: needs cluster in server",
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
    assert set(reasons(["foundation=yes"], [])) == {"b@2", "c"}


def test_what_is_excluded_goes_and_what_is_not_known_stays() -> None:
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
def test_what_does_not_exist_is_named_with_the_nearest(text: str, said: str) -> None:
    for require, exclude in (([text], []), ([], [text])):
        with pytest.raises(UsageError) as error:
            reasons(require, exclude)
        assert said in str(error.value)
