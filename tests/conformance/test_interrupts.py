"""Interrupted runs: no process is left, no result is lost, no trial is repeated."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from harness.home import Home
from harness.model import Run
from harness.results import store

from . import machinery

_GONE_S = 10  # until all processes have to be gone
_PLAIN = ("--workload", "chain", "--param", "steps=4", "--param", "body=sleep",
          "--param", "seconds=0.1", "--workers", "1", "--repetitions", "2")  # fmt: skip

#: Seconds from the run's folder to the interruption: the same in every session.
_MOMENTS = [0.0, *(round(random.Random(seed).uniform(0.1, 1.6), 2) for seed in (1, 2))]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return a new home for each test, so that its processes can be recognised."""
    return machinery.make_home(tmp_path / "home")


def _start(home: Home, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a run and return once its folder exists."""
    return _until(home, f"latest/{store.RUN}", "run", *arguments)


def _until(home: Home, there: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a command and return once a path matches ``there`` below the results."""
    with (home.root / "output").open("wb") as output:
        process = subprocess.Popen(
            [*machinery.HARNESS, *arguments],
            env=machinery.environment(home),
            cwd=home.root,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    end = time.monotonic() + 60
    while not list(home.results.glob(there)):
        assert process.poll() is None, (home.root / "output").read_text()
        assert time.monotonic() < end
        time.sleep(0.01)
    return process


def _cut_off(process: subprocess.Popen[bytes], number: signal.Signals) -> int:
    """Send a signal: SIGINT to the process group, as a terminal does, others to the process."""
    send = os.killpg if number is signal.SIGINT else os.kill
    send(process.pid, number)
    return process.wait(timeout=_GONE_S)


def _marks(home: Home, run: Run) -> dict[str, Any]:
    """Return each trial with its request's time, which changes if the trial is repeated."""
    trials = home.results / run.id / store.TRIALS
    return {
        each.id: (each, (trials / each.id / "request.json").stat().st_mtime_ns)
        for each in run.trials
    }


def _resume(home: Home, before: Run, code: int = 0) -> Run:
    """Resume the run, and check that it becomes complete without repeating a trial."""
    marks = _marks(home, before)
    done = machinery.harness(home, "run", "--resume", "--json")
    assert done.returncode == code, done.stderr
    after = store.load(home.results / "latest")
    assert after.status == "complete"
    assert [each.id for each in after.trials] == [each.id for each in after.plan.order]
    assert {key: value for key, value in _marks(home, after).items() if key in marks} == marks
    assert json.loads(done.stdout)["status"] == "complete"
    return after


@pytest.mark.parametrize("moment", _MOMENTS)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_run_can_be_resumed(
    home: Home, number: signal.Signals, moment: float
) -> None:
    process = _start(home, "--framework", "plain", "--trials", "3", *_PLAIN)
    time.sleep(moment)
    assert process.poll() is None, "the run should be under way at that moment"
    code = _cut_off(process, number)
    assert machinery.traces_after(home.root, _GONE_S) == []
    before = store.load(home.results / "latest")
    output = (home.root / "output").read_text()
    if number is signal.SIGKILL:
        assert code == -signal.SIGKILL
    else:
        assert code == 130, output
        assert before.status == "interrupted"
        assert f"--resume {before.id}" in output
    assert "Traceback" not in output
    _resume(home, before)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_detached_processes_are_killed_too(home: Home, number: signal.Signals) -> None:
    process = _start(
        home, "--framework", "hangs", "--timeout", "2", "--repetitions", "1", *_PLAIN[:-2]
    )
    ports: list[Path] = []
    end = time.monotonic() + 30
    while len(ports) < 3 and time.monotonic() < end:
        ports = list(home.results.glob("latest/trials/*/scratch/port-*"))
        time.sleep(0.02)
    assert len(ports) == 3
    numbers = [int(port.read_text()) for port in ports if port.stat().st_size]
    assert len(machinery.traces(home.root)) >= 5  # harness, supervisor, worker and its daemons
    _cut_off(process, number)
    assert machinery.traces_after(home.root, _GONE_S) == []
    assert all(map(machinery.is_free, numbers))
    before = store.load(home.results / "latest")
    assert [each.framework for each in before.trials] == ["plain"]
    after = _resume(home, before, code=1)
    assert [each.outcome.value for each in after.trials] == ["ok", "timeout"]


def test_a_second_ctrl_c_does_no_harm(home: Home) -> None:
    process = _start(home, "--framework", "plain", "--trials", "3", *_PLAIN)
    time.sleep(1)
    for _ in range(3):
        os.killpg(process.pid, signal.SIGINT)
        time.sleep(0.01)
    assert process.wait(timeout=_GONE_S) in (130, -signal.SIGINT)
    assert machinery.traces_after(home.root, _GONE_S) == []
    _resume(home, store.load(home.results / "latest"))


def test_a_run_under_way_cannot_be_resumed_beside_itself(home: Home) -> None:
    process = _start(home, "--framework", "plain", "--trials", "3", *_PLAIN)
    try:
        beside = machinery.harness(home, "run", "--resume")
        assert beside.returncode == 2, beside.stderr
        assert "is in use by another process" in beside.stderr
        assert process.wait(timeout=60) == 0
    finally:
        process.kill()
        process.wait()
    assert machinery.traces_after(home.root, _GONE_S) == []


def test_a_trial_that_had_ended_before_the_kill_is_recovered(home: Home) -> None:
    process = _start(home, "--framework", "plain", "--trials", "2", *_PLAIN)
    assert process.wait(timeout=60) == 0
    folder = home.results / "latest"
    whole = store.load(folder)
    # As a SIGKILL leaves it between the end of a trial and the writing of run.json.
    data = json.loads((folder / store.RUN).read_bytes())
    data["status"], data["trials"] = "running", data["trials"][:-1]
    (folder / store.RUN).write_text(json.dumps(data))
    (left_over,) = (folder / store.TRIALS / whole.trials[-1].id).glob("request.json")
    stamp = left_over.stat().st_mtime_ns
    after = _resume(home, store.load(folder))
    assert left_over.stat().st_mtime_ns == stamp
    assert after.trials[-1].repetitions == whole.trials[-1].repetitions
    assert "cut off" in after.trials[-1].evidence[0]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_hanging_probe_is_interrupted_at_once(home: Home, number: signal.Signals) -> None:
    """Ctrl-C does not wait for a hook that hangs for minutes."""
    options = ("--framework", "probed", "--mode", "breaks", "--probe", "timeout_sleep")
    log = "*-probes/probes/*/timeout_sleep/p1/probe.log"
    process = _until(home, log, "probe", *options)
    assert _cut_off(process, number) == 130
    assert machinery.traces_after(home.root, _GONE_S) == []
    (folder,) = home.results.glob("*-probes")
    run = store.load(folder)
    assert (run.status, run.probes) == ("interrupted", [])
