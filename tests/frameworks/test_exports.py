"""Exported projects: run in empty environments without the harness, with the same answer."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from harness.frameworks import interpreters, locks
from harness.frameworks.catalog import choose, discover
from harness.frameworks.uv import uv_path
from harness.home import Home
from workloads.dag import ARTIFACT

from ..conformance import machinery

pytestmark = pytest.mark.framework

NAMES = ("prefect", "airflow")
SELDOM = ("flyte", "mlrun", "beam", "kfp", "mlflow", "tfx")  # each installs an environment
OUTSIDE = {
    "LANG": "C.UTF-8",
    "DO_NOT_TRACK": "1",
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    # Other tests run at the same time; a first start may take longer than Prefect's limit of 20 s.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
}
RUNS = {"airflow": "airflow db migrate >&2 && python dags/pipeline.py"}


def answer(home: Home, name: str, folder: Path) -> Any:
    """Export churn, install its requirements into an empty environment, run it; return outputs."""
    out, venv = folder / "out", folder / "venv"
    done = machinery.harness(
        home, "export", "--framework", name, "--param", "rows=1000", "--param", "candidates=2",
        str(out), timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (framework,) = choose(discover(home), [name])
    python = interpreters.choose(framework.interpreters, name).path
    uv(str(folder), "venv", "--quiet", "--python", python, str(venv))
    install = ["pip", "install", "--quiet", "--compile-bytecode", "--require-hashes"]
    install += locks.install_options((out / "requirements.txt").read_text())
    uv(str(out), *install, "--python", str(venv / "bin" / "python"), "-r", "requirements.txt")
    env = {**OUTSIDE, "PATH": f"{venv}/bin:/usr/bin:/bin", "HOME": str(folder)}
    ran = subprocess.run(
        ["/bin/sh", "-c", RUNS.get(name, "python pipeline.py")],
        cwd=out,
        env={**env, "AIRFLOW_HOME": str(out)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    return contents(json.loads(ran.stdout.splitlines()[-1]))


def uv(folder: str, *arguments: str) -> None:
    subprocess.run([uv_path(), *arguments], cwd=folder, check=True, timeout=600)


def contents(value: Any) -> Any:
    """Replace each artifact in outputs by its content's hash: paths depend on the folder."""
    if isinstance(value, dict):
        if ARTIFACT in value:
            return value[ARTIFACT]["sha256"]
        return {key: contents(part) for key, part in value.items()}
    return [contents(part) for part in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def oracle(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return answer(home, "plain", tmp_path_factory.mktemp("plain"))


@pytest.mark.parametrize(
    "name", [*NAMES, *(pytest.param(name, marks=pytest.mark.thorough) for name in SELDOM)]
)
def test_an_exported_project_gives_plain_pythons_answer(
    home: Home, tmp_path: Path, oracle: Any, name: str
) -> None:
    assert answer(home, name, tmp_path) == oracle
    compiled = {"flyte": "flyte-package.tgz", "kfp": "pipeline.yaml"}.get(name)
    if compiled:
        assert (tmp_path / "out" / compiled).stat().st_size > 1000
