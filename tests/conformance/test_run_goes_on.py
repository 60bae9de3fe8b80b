"""Runs with faulty frameworks: a fault is an outcome, and other frameworks are unaffected."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.home import Home

from . import machinery

_RUN = ("run", "--workload", "chain", "--repetitions", "2", "--workers", "1")


def _run(home: Home, *names: str) -> tuple[int, dict[str, Any], str]:
    frameworks = [word for name in names for word in ("--framework", name)]
    done = machinery.harness(home, *_RUN, *frameworks, "--json", "--timeout", "5")
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout), done.stderr


def _rows(view: dict[str, Any]) -> list[dict[str, Any]]:
    (experiment,) = view["experiments"]
    rows: list[dict[str, Any]] = experiment["rows"]
    return rows


@pytest.fixture(scope="module")
def run(home: Home) -> tuple[int, dict[str, Any], str]:
    """Return a run of honest, crashing, lying and raising adapters beside plain Python."""
    return _run(home, "plain", "crash", "honest", "lies", "raises")


def test_other_frameworks_are_unaffected_by_a_fault(run: tuple[int, dict[str, Any], str]) -> None:
    code, view, _ = run
    outcomes = {row["framework"]: row["outcome"] for row in _rows(view)}
    assert code == 1
    assert view["status"] == "complete"
    assert outcomes == {
        "plain": "ok",
        "crash": "failed",
        "honest": "ok",
        "lies": "wrong",
        "raises": "failed",
    }


def test_a_row_that_is_not_ok_has_no_figures(run: tuple[int, dict[str, Any], str]) -> None:
    _, view, _ = run
    for row in _rows(view):
        figures = [row[key] for key in ("cold_s", "warm_s", "settled_s", "ratio", "usage")]
        good = row["outcome"] == "ok"
        assert [figure is not None for figure in figures] == [good] * len(figures), row


def test_each_trouble_is_one_line_with_its_log(
    run: tuple[int, dict[str, Any], str], home: Home
) -> None:
    _, view, _ = run
    troubles = {each["who"].split("/")[0]: each for each in view["troubles"]}
    assert sorted(troubles) == ["crash", "lies", "raises"]
    assert "exit code 3 in execute" in troubles["crash"]["what"]
    assert "never ran" in troubles["lies"]["what"]
    assert "out of order" in troubles["raises"]["what"]
    for trouble in troubles.values():
        assert (home.root / trouble["log"]).is_file()
        assert "\n" not in trouble["what"]


def test_progress_names_every_trial(run: tuple[int, dict[str, Any], str]) -> None:
    _, _, stderr = run
    assert "5/5" in stderr
    assert "Traceback" not in stderr


def test_a_terminal_shows_the_table_and_the_troubles(home: Home) -> None:
    done = machinery.harness(home, *_RUN, "--framework", "crash")
    assert done.returncode == 1
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("crash/")]
    assert "failed" in line
    assert "retry: harness check crash" in line
    log = Path(line.partition("log: ")[2].partition(";")[0])
    assert (home.root / log).is_file()


def test_a_run_without_faults_exits_with_zero(home: Home) -> None:
    code, view, _ = _run(home, "honest")
    assert code == 0
    assert view["troubles"] == []


@pytest.mark.parametrize(
    ("name", "mode"),
    [("raises", "surrogate"), ("crash", "realtime_signal"), ("garbage", "folder"),
     ("garbage", "supervisor"), ("garbage_phases", "unknown_phase")],
)  # fmt: skip
def test_unusual_faults_are_outcomes(home: Home, name: str, mode: str) -> None:
    done = machinery.harness(home, *_RUN, "--framework", name, "--mode", mode, "--json")
    assert "this is a bug" not in done.stderr
    assert done.returncode == 1
    view = json.loads(done.stdout)
    outcomes = {row["framework"]: row["outcome"] for row in _rows(view)}
    assert outcomes[name] == "failed"
    assert outcomes["plain"] == "ok"
