"""Export of a run to ``benchmark.json`` for pytest-benchmark."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from harness.model import Outcome
from harness.report import pytest_benchmark
from tests.unit.made_plan import entry
from tests.unit.made_run import MS, Costs, Making, made

CHAIN = {"chain": entry("workload", parameters={"steps": 4})}
FAST = "fast-inprocess-p2-chain-steps4"
PACE = {1: 1, 2: 3}


def written(folder: Path, making: Making, experiments: Any = CHAIN) -> Path:
    run = made(folder, experiments, making)
    path = folder / pytest_benchmark.FILE
    path.write_bytes(pytest_benchmark.content(folder, run))
    return path


def read(path: Path) -> dict[str, Any]:
    return {each["name"]: each for each in json.loads(path.read_bytes())["benchmarks"]}


def test_the_figures_are_the_warm_makespans(tmp_path: Path) -> None:
    found = read(written(tmp_path, Making({"fast": Costs(step_ns=MS)}, PACE)))[FAST]
    assert found["stats"]["data"] == pytest.approx([0.008, 0.008, 0.024, 0.024])
    assert found["stats"]["rounds"] == 4
    assert found["stats"]["median"] == pytest.approx(0.016)
    assert found["stats"]["min"] == pytest.approx(0.008)
    assert found["extra_info"]["by_trial"] == {"1": [0.008] * 2, "2": [0.024] * 2}
    assert found["extra_info"]["version"] == "1.0"
    assert found["group"] == "chain"


def test_cells_that_are_not_ok_are_left_out(tmp_path: Path) -> None:
    making = Making(fates={FAST: (Outcome.WRONG, "differs")})
    assert set(read(written(tmp_path, making))) == {
        "plain-inprocess-p1-chain-steps4",
        "plain-inprocess-p2-chain-steps4",
    }


def test_a_cell_of_two_experiments_is_in_both_groups(tmp_path: Path) -> None:
    again = entry("overhead", parameters={"steps": 4})
    path = written(tmp_path, Making(), {**CHAIN, "again": again})
    every = json.loads(path.read_bytes())["benchmarks"]
    assert {each["group"] for each in every if each["name"] == FAST} == {"chain", "again"}
    names = [each["fullname"] for each in every]
    assert len(set(names)) == len(names)


def test_pytest_benchmark_compares_two_runs(tmp_path: Path) -> None:
    paths = [
        written(tmp_path / name, Making({"fast": Costs(step_ns=step_ms * MS)}))
        for name, step_ms in (("before", 1), ("after", 3))
    ]
    table = tmp_path / "table.csv"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest_benchmark", "compare", *map(str, paths)),
            *("--columns=median,rounds", "--sort=fullname", f"--csv={table}"),
        ],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with table.open() as file:
        rows = [row for row in csv.DictReader(file) if FAST in row["name"]]
    # The tool sorts rows and does not name foreign files, so only values can be compared.
    assert sorted(float(row["median"]) for row in rows) == pytest.approx([0.008, 0.016])
    assert {row["rounds"] for row in rows} == {"4"}
