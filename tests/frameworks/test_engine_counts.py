"""Engine counts of adapters, against the engines' own command lines."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pytest

from harness.frameworks import virtualenvs
from harness.frameworks.catalog import discover
from harness.home import Home
from harness.results import store

from ..conformance import machinery

pytestmark = [pytest.mark.framework, pytest.mark.thorough]


def counted(home: Home, framework: str, mode: str) -> tuple[Path, list[int]]:
    """Run a fan-out of five and keep the engine's store; return the folder and the counts."""
    asked = ("--workload", "fan-out", "--param", "width=5", "--repetitions", "1", "--keep")
    chosen = ("--framework", framework, "--mode", mode)
    done = machinery.harness(home, "run", *chosen, *asked, timeout=600)
    assert done.returncode == 0, done.stderr
    folder = (home.results / "latest").resolve()
    (trial,) = (each for each in store.load(folder).trials if each.framework == framework)
    counts = [each.engine_count for each in trial.repetitions]
    assert None not in counts
    return folder / store.TRIALS / trial.id, [each for each in counts if each is not None]


def ask(home: Home, framework: str, own: dict[str, str], *command: str) -> Any:
    """Run the framework's command line and return its JSON output."""
    program = virtualenvs.plan(home, discover(home)[framework]).folder / "bin" / framework
    done = subprocess.run(
        [program, *command],
        env={"PATH": os.environ["PATH"], "HOME": str(home.root), **own},
        cwd=home.root,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    # Warnings come first, in brackets too.
    begin = re.search(r"^\[\s*\{", done.stdout, re.MULTILINE)
    assert begin is not None, done.stdout
    return json.loads(done.stdout[begin.start() :])


@pytest.mark.parametrize("mode", ["inprocess", "server"])
def test_airflow_lists_as_many_successful_tasks(home: Home, mode: str) -> None:
    trial, counts = counted(home, "airflow", mode)
    own = {"AIRFLOW_HOME": str(next(trial.rglob("airflow.db")).parent)}
    (dag,) = (path.stem for path in trial.rglob("dags/*.py"))
    runs = ask(home, "airflow", own, "dags", "list-runs", dag, "-o", "json")
    listed = []
    for each in runs:
        states = ("tasks", "states-for-dag-run", dag, each["run_id"], "-o", "json")
        tasks = ask(home, "airflow", own, *states)
        listed.append(sum(task["state"] == "success" for task in tasks))
    assert sorted(listed) == sorted(counts)


@pytest.mark.parametrize("mode", ["inprocess", "server"])  # PostgreSQL has stopped by then
def test_prefect_lists_as_many_completed_tasks(home: Home, mode: str) -> None:
    trial, counts = counted(home, "prefect", mode)
    own = {"PREFECT_HOME": str(next(trial.rglob("prefect.db")).parent)}
    asked = ("task-run", "ls", "--state-type", "COMPLETED", "--limit", "200", "-o", "json")
    assert len(ask(home, "prefect", own, *asked)) == sum(counts)


@pytest.mark.parametrize(
    ("framework", "mode", "file", "question", "others"),
    [
        (
            "mlflow",
            "inprocess",
            "mlflow.db",
            "SELECT COUNT(*) FROM runs WHERE status = 'FINISHED'",
            1,
        ),
        ("mlflow", "server", "mlflow.db", "SELECT COUNT(*) FROM runs WHERE status = 'FINISHED'", 1),
        (
            "tfx",
            "inprocess",
            "metadata.db",
            "SELECT COUNT(*) FROM Execution WHERE last_known_state = 3",
            0,
        ),
    ],
)
def test_the_engines_database_has_as_many_executions(
    home: Home, framework: str, mode: str, file: str, question: str, others: int
) -> None:
    """``others`` are rows of each repetition that are not steps: MLflow's parent run."""
    trial, counts = counted(home, framework, mode)
    found = 0
    for path in trial.rglob(file):
        with contextlib.closing(sqlite3.connect(path)) as database:
            found += database.execute(question).fetchone()[0]
    assert found == sum(counts) + others * len(counts)
    assert set(counts) == {6}
