"""facts.toml: valid and invalid entries, and their facts."""

from __future__ import annotations

import datetime
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.facts import facts_file
from harness.facts.model import SOURCED, STALE_DAYS, TARGETS
from harness.frameworks.catalog import discover
from harness.home import Home
from tests.paths import ROOT

TODAY = datetime.date(2026, 11, 23)
GOOD = '[stars]\nvalue = 12\nunit = "stars"\nsource = "https://x.test/"\nread = 2026-11-23\n'


def test_an_entry_becomes_a_fact_and_the_others_are_unknown() -> None:
    facts = {each.name: each for each in facts_file.facts(facts_file.parse(GOOD, "f"), TODAY)}
    assert tuple(facts) == SOURCED
    stars = facts.pop("stars")
    assert (stars.value, stars.unit, stars.source) == (12.0, "stars", "https://x.test/")
    assert {each.value for each in facts.values()} == {None}
    assert {each.note for each in facts.values()} == {"not in facts.toml"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[strs]\nread = 2026-11-23", "did you mean 'stars'"),
        ("[stars]\nread = 2026-11-23", "key stars: give either value, or unknown"),
        (GOOD + 'unknown = "nothing"', "key stars: give either value, or unknown"),
        (GOOD.replace("12", "nan"), "key stars: nan is not a finite number"),
        (GOOD.replace("12", "true"), "stars.value"),
        (GOOD + "as_of = 2026-11-24", "as_of 2026-11-24 is after read 2026-11-23"),
        (GOOD.replace("https://x.test/", "x.test"), "'x.test' is not an address"),
        (GOOD.replace("https://x.test/", "javascript:x"), "is not an address"),
        (GOOD.replace("read = 2026-11-23", ""), "read"),
        (GOOD.replace("2026-11-23", '"yesterday"'), "stars.read"),
        ('[integrations]\naws = ["a b"]', "key integrations.aws: 'a b' is not a requirement"),
        ("[integrations]\naw = []", "did you mean 'aws'"),
        ("[stars", "f: "),
    ],
)
def test_a_fault_is_named_with_its_key(text: str, said: str) -> None:
    with pytest.raises(UsageError) as raised:
        facts_file.parse(text, "f")
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_fact_is_stale_by_the_sources_own_date() -> None:
    old = TODAY - datetime.timedelta(STALE_DAYS + 1)
    (stars, *_) = facts_file.facts(facts_file.parse(f"{GOOD}as_of = {old}", "f"), TODAY)
    assert stars.seen_on(TODAY).stale
    assert not stars.seen_on(TODAY - datetime.timedelta(1)).stale


def test_a_missing_file_is_accepted_and_one_that_is_not_text_is_refused(tmp_path: Path) -> None:
    assert facts_file.read(tmp_path) == facts_file.FactsFile()
    (tmp_path / "facts.toml").write_bytes(b"\xff")
    with pytest.raises(UsageError, match="make it readable"):
        facts_file.read(tmp_path)


@given(
    st.one_of(st.floats(), st.text(max_size=20)),
    st.dates(),
    st.one_of(st.none(), st.dates()),
    st.text(max_size=20),
)
def test_an_accepted_entry_comes_back_unchanged(
    value: float | str, read: datetime.date, as_of: datetime.date | None, note: str
) -> None:
    lines = ["[stars]", f"value = {toml(value)}", f"read = {read}", f"note = {toml(note)}"]
    lines += ['source = "https://x.test/"', *([f"as_of = {as_of}"] if as_of else [])]
    try:
        (fact, *_) = facts_file.facts(facts_file.parse("\n".join(lines), "f"), TODAY)
    except UsageError:
        assert (as_of and as_of > read) or (isinstance(value, float) and not math.isfinite(value))
    else:
        assert (fact.value, fact.read, fact.as_of, fact.note) == (value, read, as_of, note)


@given(st.text())
def test_any_text_is_either_read_or_refused_with_a_usage_error(text: str) -> None:
    try:
        found = facts_file.parse(text, "f")
    except UsageError:
        return  # anything else fails the test
    assert {each.value for each in facts_file.facts(found, TODAY)} == {None}


@pytest.mark.parametrize("name", ["plain", "prefect", "flyte", "mlrun", "airflow"])
def test_the_projects_own_files_give_each_fact_or_the_reason_for_its_absence(name: str) -> None:
    file = facts_file.read(discover(Home(ROOT))[name].folder)
    facts = facts_file.facts(file, TODAY)
    assert not [each.name for each in facts if each.note == "not in facts.toml"]
    if name != "plain":
        assert {target for target, _ in facts_file.named(file)} >= set(TARGETS) - {"kubernetes"}


def toml(value: float | str) -> str:
    if isinstance(value, float):
        return repr(value)
    escaped = "".join(f"\\U{ord(each):08x}" for each in value)
    return f'"{escaped}"'
