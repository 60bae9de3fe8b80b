"""``harness clean``: files that it removes, and files that it must never touch."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import msgspec
import pytest

from harness.commands import clean as clean_command
from harness.errors import UsageError
from harness.frameworks import versions, virtualenvs
from harness.frameworks.catalog import discover, of_version
from harness.home import Home
from harness.model import Environment
from harness.results import store
from tests.unit.made_adapters import write_adapter


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Return a home with a half-made environment, scratch, a run, and files of the user's."""
    monkeypatch.setenv("HARNESS_HOME", str(tmp_path))
    home = Home(tmp_path)
    for path in (
        home.envs / "plain-0123" / "bin",
        home.scratch / "build-x",
        home.imports / "plain-4567",
        home.cache / "run-a",
        home.unpacked / "89ab",
        home.results / "run",
        home.results / "mine",
        tmp_path / "work",
    ):
        path.mkdir(parents=True)
    (home.envs / "plain-0123.lock").touch()
    (home.results / "run" / store.RUN).touch()
    home.setups.mkdir()
    (home.setups / "plain-inprocess.json").touch()
    (home.results / "mine" / "notes.txt").touch()
    store.point_latest(home.results / "run")
    return home


def left(home: Home) -> set[str]:
    places = (home.envs, home.scratch, home.imports, home.results, home.cache, home.unpacked)
    places += (home.root,)
    return {path.name for place in places if place.exists() for path in place.iterdir()}


KEPT = {"results", ".harness", "work", "envs", "imports", "scratch"}


def clean(*, envs: bool = False, results: bool = False, dry_run: bool = False) -> None:
    clean_command.clean(envs=envs, results=results, dry_run=dry_run)


def test_without_options_outdated_environments_and_scratch_are_removed(home: Home) -> None:
    gone = {"plain-0123", "plain-0123.lock", "build-x", "run-a", "89ab"}
    assert gone <= left(home)
    clean()
    assert left(home) & gone == set()
    assert {"plain-4567", "run", "mine", "latest", "work"} <= left(home)


def test_a_dry_run_lists_files_and_leaves_them(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    before = left(home)
    clean(envs=True, results=True, dry_run=True)
    assert left(home) == before
    output = capsys.readouterr().out
    for name in ("plain-0123", "build-x", "plain-4567", "results/run"):
        assert name in output
    assert all(line.startswith("would remove ") for line in output.splitlines())


def test_results_are_removed_only_with_the_option_and_only_those_of_runs(home: Home) -> None:
    clean(results=True)
    assert {"run", "latest"} & left(home) == set()
    assert (home.results / "mine" / "notes.txt").exists()
    assert not list(home.setups.iterdir())


def test_the_target_of_a_link_is_left(home: Home, tmp_path: Path) -> None:
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


def made(home: Home, name: str, version: str | None = None, extra: Path | None = None) -> Path:
    """Write the files of an environment, and the lock of a version; return the folder."""
    framework = discover(home)[name]
    if version is not None:
        framework = of_version(framework, version)
        lock = versions.place(home, framework)
        lock.parent.mkdir(parents=True, exist_ok=True)
        lock.write_text(f"{framework.entry.package}=={version}\n")
        framework = msgspec.structs.replace(framework, pinned=lock)
    venv = virtualenvs.plan(home, framework, extra)
    venv.folder.mkdir(parents=True)
    facts = virtualenvs.finish(venv, {}, 0.0)
    assert isinstance(facts, Environment)
    return venv.folder


@pytest.fixture
def mine(home: Home) -> Path:
    """Write an adapter of the user's, and return its folder."""
    pin = "mine==1.0\n"
    return write_adapter(home.root, "mine", requirements_in=pin, requirements_lock=pin)


def test_an_environment_records_its_origin(home: Home, mine: Path) -> None:
    extra = home.root / "extra.txt"
    extra.write_text("polars\n")
    origin = virtualenvs.origin(made(home, "mine", extra=extra))
    assert origin is not None
    assert (origin.adapter, origin.extra) == ("mine", str(extra))
    assert origin.lock == str(mine / "requirements.lock")
    assert virtualenvs.origin(home.envs / "plain-0123") is None


def test_environments_of_other_versions_stay_with_their_locks(home: Home, mine: Path) -> None:
    kept = {made(home, "mine"), made(home, "mine", "0.9")}
    (lock,) = home.locks.iterdir()
    clean()
    assert set(home.envs.iterdir()) == kept
    assert lock.exists()


def test_locks_that_are_up_to_date_stay_with_the_option_envs(home: Home, mine: Path) -> None:
    made(home, "mine", "0.9")
    clean(envs=True, results=True)
    assert list(home.envs.iterdir()) == []
    assert [path.name.partition("-")[0] for path in home.locks.iterdir()] == ["mine@0.9"]


def test_a_version_whose_requirements_were_edited_goes_with_its_lock(
    home: Home, mine: Path
) -> None:
    bare = made(home, "mine")
    made(home, "mine", "0.9")
    (mine / "requirements.in").write_text("mine==1.0\nhelper\n")
    clean()
    assert list(home.envs.iterdir()) == [bare]
    assert list(home.locks.iterdir()) == []


def test_a_version_whose_lock_is_gone_is_outdated(home: Home, mine: Path) -> None:
    made(home, "mine", "0.9")
    next(home.locks.iterdir()).unlink()
    clean()
    assert list(home.envs.iterdir()) == []


def test_further_requirements_keep_their_environment_until_they_change(
    home: Home, mine: Path
) -> None:
    extra = home.root / "extra.txt"
    extra.write_text("polars\n")
    bare, further = made(home, "mine"), made(home, "mine", extra=extra)
    other = made(home, "mine", "0.9", extra=extra)
    clean()
    assert set(home.envs.iterdir()) == {bare, further, other}
    extra.write_text("polars\nhelper\n")
    clean()
    assert list(home.envs.iterdir()) == [bare]


def test_further_requirements_that_are_gone_are_outdated(home: Home, mine: Path) -> None:
    extra = home.root / "extra.txt"
    extra.write_text("polars\n")
    made(home, "mine", extra=extra)
    extra.unlink()
    clean()
    assert list(home.envs.iterdir()) == []


def test_files_of_a_broken_adapter_are_left(home: Home, mine: Path) -> None:
    kept = {made(home, "mine"), made(home, "mine", "0.9")}
    (mine / "adapter.toml").write_text("title = ")
    clean()
    assert set(home.envs.iterdir()) == kept
    assert len(list(home.locks.iterdir())) == 1


def test_files_of_an_adapter_that_is_gone_are_removed(home: Home, mine: Path) -> None:
    made(home, "mine")
    made(home, "mine", "0.9")
    (mine / "adapter.toml").unlink()
    clean()
    assert list(home.envs.iterdir()) == []
    assert list(home.locks.iterdir()) == []


def test_a_run_that_is_calibrating_is_under_way(home: Home) -> None:
    """A run that calibrates has no run.json yet, but it needs its environments already."""
    early = home.results / "early"
    early.mkdir()
    with (
        store.hold(early),
        pytest.raises(UsageError, match="run early is in use by another process"),
    ):
        clean(envs=True)
    assert "plain-0123" in left(home)


def test_a_run_that_was_killed_before_it_began_goes_with_the_results(home: Home) -> None:
    early = home.results / "early"
    (early / store.CALIBRATION).mkdir(parents=True)
    with store.hold(early):
        pass
    clean(results=True)
    assert not early.exists()


def test_scratch_stays_while_its_command_runs(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    made = []
    for pid in (os.getppid(), gone.pid):
        with monkeypatch.context() as another:
            another.setattr(os, "getpid", lambda pid=pid: pid)
            made.append(home.temporary("check-prefect@3.8.5"))
    clean()
    assert [folder.exists() for folder in made] == [True, False]
