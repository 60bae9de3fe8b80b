"""Verdicts on Airflow that are known, and a native script that finds the same."""

from __future__ import annotations

import json
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from harness.frameworks import virtualenvs
from harness.frameworks.catalog import choose, discover
from harness.home import Home, import_folder
from harness.processes.child import clean_environment

from ..conformance.machinery import harness, make_every_home

KNOWN = {
    "retry": "works",
    "retry_on": "works",
    "timeout_sleep": "works",
    "resources": "accepted but ignored",
    "bad_parameter": "works",
    "cron": "needs a service",
    "caching": "unsupported",
    "sub_workflow": "partly",
    "tracking": "works",
    "lineage": "works",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return a home with Airflow's environment."""
    home = make_every_home(tmp_path_factory.mktemp("probes"))
    done = harness(home, "setup", "airflow", timeout=900)
    assert done.returncode == 0, done.stderr
    return home


@pytest.mark.framework
def test_verdicts_on_airflow_are_the_known_ones(home: Home) -> None:
    names = [word for name in KNOWN for word in ("--probe", name)]
    asked = ("--framework", "airflow", "--mode", "inprocess", *names, "--json")
    done = harness(home, "probe", *asked, timeout=600)
    probes = json.loads(done.stdout)["probes"]
    assert {each["probe"]: each["verdict"] for each in probes} == KNOWN, done.stderr


@pytest.mark.framework
def test_a_native_script_finds_the_same(home: Home, tmp_path: Path) -> None:
    (framework,) = choose(discover(home), ["airflow"])
    venv = virtualenvs.plan(home, framework)
    dags = tmp_path / "airflow" / "dags"
    dags.mkdir(parents=True)
    script = dags / "airflow_probes.py"
    shutil.copy(Path(__file__).with_name("native") / script.name, script)
    settings = {
        "AIRFLOW_HOME": str(tmp_path / "airflow"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
    }
    imports = [import_folder(home, framework.folder)]
    environment = clean_environment(venv.folder, tmp_path, imports, settings)

    def run(*command: str) -> str:
        done = subprocess.run(
            [str(venv.folder / "bin" / command[0]), *command[1:]],
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("airflow", "db", "migrate")
    found = json.loads(run("python", str(script)).splitlines()[-1])
    wanted, unwanted = found["tried"]["ValueError"], found["tried"]["TypeError"]
    assert len(wanted) == 3  # retry
    assert min(later - earlier for earlier, later in pairwise(wanted)) >= 1
    assert len(unwanted) == 1  # retry_on
    assert found["states"] == {"retried": "failed", "slow": "failed"}
    assert found["ran_s"][0] < 5  # timeout_sleep: of 8 s
    assert "integer" in found["refused"]  # bad_parameter
    assert "never" not in found["tried"]
