"""The wheel, installed into an empty virtual environment and started in an empty folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from harness.frameworks.uv import uv_path
from tests.paths import ROOT

pytestmark = pytest.mark.framework


def _do(*command: str | Path, cwd: Path) -> str:
    drop = ("PYTHONPATH", "HARNESS_HOME", "HARNESS_ADAPTERS", "VIRTUAL_ENV")
    env = {key: value for key, value in os.environ.items() if key not in drop}
    done = subprocess.run(
        command, cwd=cwd, env=env, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    _do(uv_path(), "build", "--wheel", "--quiet", "--out-dir", folder, ROOT, cwd=folder)
    (wheel,) = folder.glob("*.whl")
    venv = folder / "venv"
    _do(uv_path(), "venv", "--quiet", "--python", sys.executable, venv, cwd=folder)
    python = venv / "bin" / "python"
    _do(uv_path(), "pip", "install", "--quiet", "--python", python, wheel, cwd=folder)
    return venv / "bin" / "harness"


def test_the_installed_wheel_runs_in_an_empty_folder(harness: Path, tmp_path: Path) -> None:
    said = _do(
        harness, "run", "--framework", "plain", "--param", "rows=1000", "--json", cwd=tmp_path
    )
    rows = [row for each in json.loads(said)["experiments"] for row in each["rows"]]
    assert {row["outcome"] for row in rows} == {"ok"}
    assert (tmp_path / "results" / "latest" / "run.json").exists()


def test_a_worker_sees_only_our_packages_of_the_host(harness: Path, tmp_path: Path) -> None:
    (tmp_path / "spy.py").write_text(
        textwrap.dedent(
            """
            import importlib.util

            from workloads.dag import Dag

            NAMES = ["workloads", "adapters", "harness", "adapters.plain", "adapters.prefect",
                     "rich", "msgspec", "vl_convert", "tests"]

            def look() -> dict[str, bool]:
                return {name: importlib.util.find_spec(name) is not None for name in NAMES}

            def check(seen: dict[str, bool]) -> list[str]:
                return [name for name, there in seen.items() if there]

            def build():
                dag = Dag("spy")
                return dag.build(seen=dag.step(check, seen=dag.step(look)))
            """
        )
    )
    _do(harness, "run", "--framework", "plain", "--workload", "spy:build", cwd=tmp_path)
    oracle = json.loads(
        (tmp_path / "results" / "latest" / "oracles" / "spy-build.json").read_text()
    )
    assert oracle == {"seen": ["workloads", "adapters", "harness", "adapters.plain"]}
