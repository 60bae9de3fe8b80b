"""What ``harness clean`` removes, and what it must never touch."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness import store
from harness.commands import cleaning
from harness.home import Home


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home with a half-made environment, scratch, a run, and what is somebody else's."""
    monkeypatch.setenv("HARNESS_HOME", str(tmp_path))
    home = Home(tmp_path)
    for path in (
        home.envs / "plain-0123" / "bin",
        home.scratch / "build-x",
        home.imports / "plain-4567",
        home.results / "run",
        home.results / "mine",
        tmp_path / "work",
    ):
        path.mkdir(parents=True)
    (home.envs / "plain-0123.lock").touch()
    (home.results / "run" / store.RUN).touch()
    (home.results / "mine" / "notes.txt").touch()
    store.point_latest(home.results / "run")
    return home


def left(home: Home) -> set[str]:
    places = (home.envs, home.scratch, home.imports, home.results, home.root)
    return {path.name for place in places if place.exists() for path in place.iterdir()}


KEPT = {"results", ".harness", "work", "envs", "imports", "scratch"}


def clean(*, envs: bool = False, results: bool = False, dry_run: bool = False) -> None:
    cleaning.clean(envs=envs, results=results, dry_run=dry_run)


def test_without_options_outdated_environments_and_scratch_go(home: Home) -> None:
    clean()
    gone = {"plain-0123", "plain-0123.lock", "build-x"}
    assert left(home) & gone == set()
    assert {"plain-4567", "run", "mine", "latest", "work"} <= left(home)


def test_a_dry_run_says_what_would_go_and_leaves_it(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    before = left(home)
    clean(envs=True, results=True, dry_run=True)
    assert left(home) == before
    said = capsys.readouterr().out
    for name in ("plain-0123", "build-x", "plain-4567", "results/run"):
        assert name in said
    assert all(line.startswith("would remove ") for line in said.splitlines())


def test_results_go_only_when_asked_and_only_what_a_run_has_made(home: Home) -> None:
    clean(results=True)
    assert {"run", "latest"} & left(home) == set()
    assert (home.results / "mine" / "notes.txt").exists()


def test_what_a_link_leads_to_is_left(home: Home, tmp_path: Path) -> None:
    (home.envs / "prefect-9").symlink_to(tmp_path / "work")
    (tmp_path / "work" / "precious").touch()
    clean(envs=True)
    assert (tmp_path / "work" / "precious").exists()


def test_an_empty_home_has_nothing_to_remove(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HARNESS_HOME", str(tmp_path / "new"))
    clean(envs=True, results=True)
    assert capsys.readouterr().out == "nothing to remove\n"
    assert not (tmp_path / "new").exists()
