"""Known verdicts of probes on Beam's own runners, and the reason why Dask is not a mode."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from harness.frameworks import virtualenvs
from harness.frameworks.catalog import discover
from harness.frameworks.uv import uv_path
from harness.home import Home

from .probing import by_hand, verdicts

pytestmark = pytest.mark.framework

_NATIVE = Path(__file__).parent / "native"


def test_verdicts_on_one_process_are_the_known_ones(home: Home) -> None:
    known = {
        "retry": "unsupported",
        "loop": "works",
        "partial_failure": "works",
        "concurrency_limit": "accepted but ignored",
        "timeout_sleep": "partly",
        "type_mismatch": "works",
        "event_trigger": "works",
    }
    assert verdicts(home, "beam", *known) == known


@pytest.mark.thorough
def test_verdicts_on_the_job_service_are_the_known_ones(home: Home) -> None:
    known = {
        "tracking": "partly",
        "lineage": "works",
        "api_auth": "unsupported",
        "step_logs": "unsupported",
    }
    assert verdicts(home, "beam", *known, mode="server") == known


@pytest.mark.thorough
def test_the_job_service_ignores_a_cancellation(home: Home) -> None:
    known = {"cancel": "accepted but ignored"}
    assert verdicts(home, "beam", *known, mode="server") == known


@pytest.mark.thorough
def test_a_metric_loses_its_fraction_in_a_native_script_too(home: Home) -> None:
    assert by_hand(home, "beam", "beam_metrics") == "0.0"


@pytest.mark.thorough
def test_a_cancelled_job_runs_on_in_a_native_script_too(home: Home) -> None:
    assert by_hand(home, "beam", "beam_cancel") == "CANCELLED, then the next step ran"


@pytest.mark.thorough
def test_on_dask_a_step_runs_for_each_reader_and_readers_are_dropped(
    home: Home, tmp_path: Path
) -> None:
    venv = tmp_path / "venv"
    made_for = virtualenvs.plan(home, discover(home)["beam"]).python
    uv = uv_path()
    subprocess.run([uv, "venv", "--quiet", "--python", made_for, venv], check=True, timeout=60)
    packages = ["--python", venv / "bin" / "python", "apache-beam[dask]==2.77.0"]
    subprocess.run([uv, "pip", "install", "--quiet", *packages], check=True, timeout=600)
    done = subprocess.run(
        [venv / "bin" / "python", "-P", _NATIVE / "beam_dask.py"],
        env=os.environ | {"HOME": str(tmp_path), "TMPDIR": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "3 1"
