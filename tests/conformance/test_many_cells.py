"""Trials of many cells: the fault of one cell does not affect the others."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from harness import wire
from harness.home import Home
from harness.model import Outcome, Run
from harness.results import store

from . import machinery, recomputed

_GONE_S = 10  # until all processes have to be gone

_SHAPES = """
title = "four shapes"
repetitions = 2
[experiments.chain]
estimates = "workload"
about = "the first experiment"
workload = "chain"
parameters = { steps = 3 }
"""
for _name in ("fan-out", "diamond", "fan-in", "tree"):
    _SHAPES += f"""
[experiments.{_name}]
estimates = "overhead"
about = "one of several"
workload = "{_name}"
"""

#: Steps that sleep, so that every size takes as long as it says.
_LADDER = """
title = "a ladder"
repetitions = 1
trials = 2
[experiments.growth]
estimates = "growth"
about = "up to the budget"
workload = "chain"
parameters = { body = "sleep", seconds = 0.02 }
points = [{ steps = 1 }, { steps = 2 }, { steps = 10 }, { steps = 20 }]
budget_s = %s
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return a new home for each test."""
    return machinery.make_home(tmp_path / "home")


def _options(home: Home, profile: str, *frameworks: str) -> list[str]:
    path = home.root / "profile.toml"
    path.write_text(profile)
    names = [word for name in frameworks for word in ("--framework", name)]
    return ["run", "--profile", str(path), "--workers", "1", *names]


def _run(
    home: Home, profile: str, *frameworks: str, options: tuple[str, ...] = ()
) -> tuple[int, dict[str, Any], Run]:
    done = machinery.harness(home, *_options(home, profile, *frameworks), *options, "--json")
    assert done.stdout, done.stderr
    assert "Traceback" not in done.stderr
    assert machinery.traces_after(home.root, _GONE_S) == []
    return done.returncode, json.loads(done.stdout), store.load(home.results / "latest")


def _rows(view: dict[str, Any], framework: str) -> dict[str, dict[str, Any]]:
    """Return a framework's rows by workload."""
    rows = [row for each in view["experiments"] for row in each["rows"]]
    return {row["workload"]: row for row in rows if row["framework"] == framework}


@pytest.mark.parametrize(
    ("mode", "outcome", "words"),
    [
        ("dies", "failed", "the worker ended with exit code 3 in execute"),
        ("hangs", "timeout", "timeout in execute after 2 s"),
    ],
)
def test_a_cell_that_ends_the_process_fails_alone(
    home: Home, mode: str, outcome: str, words: str
) -> None:
    options = ("--mode", mode, "--timeout", "2")
    code, view, run = _run(home, _SHAPES, "stumbles", options=options)
    assert (code, run.status) == (1, "complete")
    rows = _rows(view, "stumbles")
    assert {key: row["outcome"] for key, row in rows.items()} == {
        **dict.fromkeys(("chain-steps3", "fan-out", "fan-in", "tree"), "ok"),
        "diamond": outcome,
    }
    assert words in rows["diamond"]["reason"]
    for key, row in rows.items():
        assert (row["warm_s"] is not None) is (key != "diamond")
        assert key == "diamond" or row["warm_s"]["repetitions"] == 2
    ids = [each.id for each in run.trials if each.framework == "stumbles"]
    name = f"01-stumbles-{mode}-p1"
    assert ids in ([name], [name, f"{name}+2"]), (
        "a second trial unless the diamond was the last cell"
    )
    done = Counter(
        (repetition.cell, repetition.number)
        for trial in run.trials
        for repetition in trial.repetitions
    )
    assert max(done.values()) == 1, "no cell is executed twice"
    assert {cell for cell, _ in done} == {cell.id for cell in run.plan.cells}


def test_a_continued_trial_has_its_own_cold_execution(home: Home) -> None:
    *_, run = _run(home, _SHAPES, "stumbles", options=("--mode", "dies", "--seed", "1"))
    parts = [trial for trial in run.trials if trial.framework == "stumbles"]
    assert len(parts) == 2, "with this seed the diamond is not the last cell"
    for part in parts:
        good = [each for each in part.repetitions if each.outcome is Outcome.OK]
        assert [each.number for each in good if each.cold] == [1]
        warm = Counter(each.cell for each in good if not each.cold)
        assert set(warm.values()) == {2}


def test_a_ladder_ends_where_the_budget_would_be_passed(home: Home) -> None:
    code, view, run = _run(home, _LADDER % 0.3, "honest")
    rows = _rows(view, "honest")
    outcomes = [row["outcome"] for row in sorted(rows.values(), key=lambda row: row["steps"])]
    # 10 steps sleep 0.2 s, and 20 twice that. A slow machine may skip one size more.
    assert outcomes[-1] == "skipped"
    assert "so this would take about" in _row_of(rows, 20)["reason"] or (
        "did not end well" in _row_of(rows, 20)["reason"]
    )
    assert _row_of(rows, 20)["warm_s"] is None
    assert code == (0 if "timeout" not in outcomes else 1), (
        "a cell skipped for its budget is not a fault"
    )
    (answer,) = [
        each for each in view["experiments"][0]["findings"] if each["framework"] == "honest"
    ]
    assert answer["stopped"]
    assert _row_of(_rows(view, "plain"), 20)["outcome"] == "ok", (
        "it is the reference, which has no budget"
    )
    _tried_once(run, "honest", 20)


def test_an_execution_beyond_its_budget_is_killed_and_not_repeated(home: Home) -> None:
    # 0.04 s for two steps predict 0.2 s for ten, which take 1 s.
    code, view, run = _run(home, _LADDER % 0.6, "quadratic")
    rows = _rows(view, "quadratic")
    assert _row_of(rows, 10)["outcome"] == "timeout"
    reason = _row_of(rows, 10)["reason"]
    assert re.match(
        r"timeout in execute after 0\.6 s; \d of 10 steps had ended; running", reason
    ), reason
    assert _row_of(rows, 20)["outcome"] == "skipped"
    assert "did not end well" in _row_of(rows, 20)["reason"]
    assert (code, view["troubles"]) == (0, []), "an execution that a budget ends is an answer"
    assert _row_of(rows, 2)["warm_s"]["trials"] == 2, "smaller cells are still run"
    _tried_once(run, "quadratic", 10)
    _tried_once(run, "quadratic", 20)


def _row_of(rows: dict[str, dict[str, Any]], steps: int) -> dict[str, Any]:
    return next(row for row in rows.values() if row["steps"] == steps)


def _tried_once(run: Run, framework: str, steps: int) -> None:
    """Check that the second round skips the cell, with the reason of the first."""
    (cell,) = [
        each.id
        for each in run.plan.cells
        if each.framework == framework and run.plan.workloads[each.workload].steps == steps
    ]
    later = [
        repetition
        for trial in run.trials
        if trial.number == 2
        for repetition in trial.repetitions
        if repetition.cell == cell
    ]
    assert [each.outcome for each in later] == [Outcome.SKIPPED]
    assert later[0].evidence[0].startswith("not tried again after trial 1: ")
    assert later[0].phases == {}


def test_time_until_the_engines_records_is_reported_separately(home: Home) -> None:
    code, view, run = _run(home, _SHAPES, "unsettled", "honest")
    assert code == 0
    late, soon = (_rows(view, name)["chain-steps3"] for name in ("unsettled", "honest"))
    # Its engine counts all steps 0.3 s after their end at the earliest.
    assert late["settled_s"]["value"] - late["returned_s"]["value"] > 0.25
    assert soon["settled_s"]["value"] - soon["returned_s"]["value"] < 0.25
    for trial in run.trials:
        if trial.framework == "unsettled":
            assert all(each.engine_count for each in trial.repetitions)


# --- interrupted --------------------------------------------------------------------------------

_SLOW = _SHAPES.replace(
    '"one of several"', '"one of several"\nparameters = { body = "sleep", seconds = 0.1 }'
)


def _results(folder: Path) -> dict[str, int]:
    """Return the time at which each execution's result was written, by its path."""
    found = folder.glob(f"{store.TRIALS}/*/*/{wire.RESULT}")
    return {str(path.relative_to(folder)): path.stat().st_mtime_ns for path in found}


@pytest.mark.parametrize(("number", "after"), [(signal.SIGINT, 3), (signal.SIGKILL, 8)])
def test_complete_cells_of_an_interrupted_trial_are_not_repeated(
    home: Home, number: signal.Signals, after: int
) -> None:
    with (home.root / "output").open("wb") as output:
        process = subprocess.Popen(
            [*machinery.HARNESS, *_options(home, _SLOW, "honest")],
            env=machinery.environment(home),
            cwd=home.root,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    end = time.monotonic() + 60
    # Plain Python's trial has 11 executions; the second trial is interrupted.
    while (
        not (home.results / "latest").exists()
        or len(_results(home.results / "latest")) < 11 + after
    ):
        assert process.poll() is None, (home.root / "output").read_text()
        assert time.monotonic() < end
        time.sleep(0.01)
    (os.killpg if number is signal.SIGINT else os.kill)(process.pid, number)
    process.wait(timeout=_GONE_S)
    assert machinery.traces_after(home.root, _GONE_S) == []
    folder = (home.results / "latest").resolve()
    before, cut_off = _results(folder), store.load(folder)
    assert [each.framework for each in cut_off.trials] == ["plain"]
    done = machinery.harness(home, "run", "--resume", "--json")
    assert done.returncode == 0, done.stderr
    run = store.load(folder)
    assert run.status == "complete"
    counted = {
        f"{store.TRIALS}/{trial.id}/{each.run_id}/{wire.RESULT}"
        for trial in run.trials
        for each in trial.repetitions
    }
    now = _results(folder)
    # Only a half-finished cell is executed again, in a new process.
    assert {path: now[path] for path in before if path in counted} == {
        path: stamp for path, stamp in before.items() if path in counted
    }
    assert len(set(before) - counted) <= 1
    warm = Counter(each.cell for trial in run.trials for each in trial.repetitions if not each.cold)
    assert warm == {cell.id: 2 for cell in run.plan.cells}
    assert all(each.outcome is Outcome.OK for t in run.trials for each in t.repetitions)
    rows = _rows(json.loads(done.stdout), "honest")
    assert {row["warm_s"]["repetitions"] for row in rows.values()} == {2}


def test_a_run_contains_its_self_check(home: Home) -> None:
    """Every run has control experiments, which find each injected cost."""
    chain = ("--framework", "honest", "--workload", "chain", "--workers", "1", "--json")
    done = machinery.harness(home, "run", *chain, timeout=300, command=machinery.PROVEN)
    assert done.returncode == 0, done.stderr
    view = json.loads(done.stdout)
    check = view["ruler"]
    assert {each["name"] for each in check["known"]} == {
        *("step_s", "run_s", "byte_s", "loss", "metg_s"),
    }
    # Their accuracy depends on other work of the machine, but they are always found.
    assert [each["name"] for each in check["known"] if each["found"] is None] == []
    assert check["null"] is not None
    assert check["recorder_step_s"] is not None
    assert 0 <= check["harness_share"] < 1
    rows = [row for each in view["experiments"] for row in each["rows"]]
    assert {row["outcome"] for row in rows} == {"ok"}
    written = json.loads((home.results / "latest" / "benchmark.json").read_bytes())
    names = {each["name"] for each in written["benchmarks"]}
    assert "honest-inprocess-p1-chain" in names
    _check_again(view, recomputed.Raw(home.results / "latest"))


def _check_again(view: dict[str, Any], raw: recomputed.Raw) -> None:
    """Check overhead and METG against an independent computation from the raw files."""
    checked = 0
    for experiment in view["experiments"]:
        for row in experiment["rows"]:
            if row["workload"].startswith("chain") and row["overhead_step_s"]:
                value = row["overhead_step_s"]["value"]
                assert raw.overhead_s(row["cell"]) == pytest.approx(value, rel=1e-9, abs=1e-12)
                checked += 1
        for found in experiment["findings"]:
            if "metg_s" in found:
                mine = [r["cell"] for r in experiment["rows"] if r["framework"] == "fake"]
                shown = found["metg_s"] and found["metg_s"]["value"]
                assert raw.metg_s(mine) == pytest.approx(shown, rel=1e-9)
                checked += 1
    assert checked > 10
