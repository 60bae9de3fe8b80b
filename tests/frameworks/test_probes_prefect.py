"""Verdicts on Prefect that are known truths, and what a script by hand finds of the same."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from harness import envs
from harness.catalog import choose, discover
from harness.home import Home, import_folder
from harness.spawn import clean_environment

from ..conformance.machinery import harness, make_every_home

KNOWN = {
    "retry": "works",
    "timeout_sleep": "partly",
    "timeout_cpu": "works",
    "type_mismatch": "accepted but ignored",
    "bad_parameter": "works",
    "cron": "needs a service",
}
SETTINGS = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with Prefect's environment."""
    home = make_every_home(tmp_path_factory.mktemp("probes"))
    done = harness(home, "setup", "prefect", timeout=900)
    assert done.returncode == 0, done.stderr
    return home


@pytest.mark.framework
def test_verdicts_are_those_that_are_known(home: Home) -> None:
    names = [word for name in KNOWN for word in ("--probe", name)]
    done = harness(home, "probe", "--framework", "prefect", *names, "--json", timeout=600)
    probes = json.loads(done.stdout)["probes"]
    assert {each["probe"]: each["verdict"] for each in probes} == KNOWN, done.stderr


@pytest.mark.framework
def test_a_script_by_hand_finds_the_same(home: Home, tmp_path: Path) -> None:
    (framework,) = choose(discover(home), ["prefect"])
    venv = envs.plan(home, framework)
    script = Path(__file__).with_name("native") / "prefect_probes.py"
    settings = {**SETTINGS, "PREFECT_HOME": str(tmp_path / "prefect")}
    done = subprocess.run(
        [str(venv.python), str(script)],
        env=clean_environment(
            venv.folder, tmp_path, [import_folder(home, framework.folder)], settings
        ),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    submitted_s, called_s = said["ran_s"]
    assert len(said["gaps_s"]) == 2  # retry: three attempts
    assert min(said["gaps_s"]) >= 0.9
    assert submitted_s >= 5  # timeout_sleep: to its end, in a thread
    assert called_s < 4  # and cut short, in the main one
    assert said["refused"]  # bad_parameter
