"""Provenance: a change of code since the start of a run is noticed."""

from __future__ import annotations

from pathlib import Path

from harness import provenance


def test_the_same_code_has_the_same_digest() -> None:
    own = ("workloads.churn:churn", None)
    assert (
        provenance.code_digest([own]) == provenance.code_digest([own]) == provenance.code_digest([])
    )


def test_an_edit_of_the_users_module_is_noticed(tmp_path: Path) -> None:
    mine = ("mine:build", tmp_path)
    module = tmp_path / "mine.py"
    module.write_text("x = 1\n")
    (tmp_path / "other.py").write_text("")
    before = provenance.code_digest([mine])
    (tmp_path / "other.py").write_text("y = 1\n")
    assert provenance.code_digest([mine]) == before, "another file of that folder does not count"
    module.write_text("x = 2\n")
    assert provenance.code_digest([mine]) != before


def test_an_edit_anywhere_in_the_users_package_is_noticed(tmp_path: Path) -> None:
    mine = ("flows.mine:build", tmp_path)
    (tmp_path / "flows").mkdir()
    helper = tmp_path / "flows" / "helper.py"
    helper.write_text("x = 1\n")
    before = provenance.code_digest([mine])
    helper.write_text("x = 2\n")
    assert provenance.code_digest([mine]) != before


def test_facts_do_not_change_the_digest(tmp_path: Path) -> None:
    mine = ("flows.mine:build", tmp_path)
    (tmp_path / "flows").mkdir()
    before = provenance.code_digest([mine])
    (tmp_path / "flows" / "facts.toml").write_text("")
    assert provenance.code_digest([mine]) == before
    (tmp_path / "flows" / "other.toml").write_text("")
    assert provenance.code_digest([mine]) != before
