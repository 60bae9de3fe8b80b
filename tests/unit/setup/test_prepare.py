"""Preparation of environments: waits, and environments whose adapter fails at first."""

from __future__ import annotations

import fcntl
import threading
import time
from pathlib import Path

import pytest

from harness.errors import EnvError
from harness.frameworks import locks, virtualenvs
from harness.frameworks.interpreters import Interpreter
from harness.home import Home
from harness.model import Environment, Outcome, Trial
from harness.setup import prepare
from tests.unit.made_frameworks import PLAIN

FACTS = Environment("k", "3.11.7", 1, 1.0, {}, 0.1)


@pytest.fixture
def venv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> virtualenvs.Venv:
    """Return an environment that exists."""
    made = virtualenvs.Venv(PLAIN, Interpreter("python", "3.11.7"), tmp_path / "plain-k", None)
    monkeypatch.setattr(virtualenvs, "plan", lambda *_: made)
    monkeypatch.setattr(virtualenvs.Venv, "facts", lambda _: FACTS)
    return made


class Waiting(threading.Thread):
    """Wait of another command for the environment, with its progress and result."""

    def __init__(self, venv: virtualenvs.Venv) -> None:
        super().__init__(daemon=True)  # an endless wait must not block the tests
        self.home, self.stop, self.parts = Home(venv.folder.parent), threading.Event(), [""]
        self.result: object = None
        self.start()

    def run(self) -> None:
        report = self.parts.append
        self.result = prepare._ready(
            self.home, PLAIN, lambda name, part: report(f"{name} {part}"), None, self.stop
        )


def test_the_wait_is_reported_and_ends_when_it_is_stopped(venv: virtualenvs.Venv) -> None:
    with venv.folder.with_suffix(".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        waiting = Waiting(venv)
        end = time.monotonic() + 10
        while "plain wait for another process" not in waiting.parts and time.monotonic() < end:
            time.sleep(0.01)
        assert waiting.is_alive()
        waiting.stop.set()
        waiting.join(10)
        assert not waiting.is_alive()
    assert waiting.parts == ["", "plain wait for another process", "plain failed"]
    assert isinstance(waiting.result, EnvError)
    assert "was stopped" in str(waiting.result)


def test_the_wait_ends_when_the_other_process_has_ended(venv: virtualenvs.Venv) -> None:
    with venv.folder.with_suffix(".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        waiting = Waiting(venv)
        waiting.join(0.3)
        assert waiting.is_alive()
    waiting.join(10)
    assert waiting.result == FACTS
    assert waiting.parts == ["", "plain wait for another process", "plain ready"]


def test_an_environment_is_installed_once_although_the_adapters_first_runs_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = virtualenvs.Venv(PLAIN, Interpreter("python", "3.11.7"), tmp_path / "plain-k", None)
    installs: list[str] = []
    failing = [True, True, False]

    def create(home: Home, venv: virtualenvs.Venv, stop: object) -> dict[str, float]:
        installs.append(venv.key)
        venv.folder.mkdir()
        (venv.folder / "installed.json").write_text('{"create": 1.0, "install": 2.0}')
        return {"create": 1.0, "install": 2.0}

    def check(*_: object, **__: object) -> Trial:
        bad = failing.pop(0)
        outcome, evidence = (Outcome.FAILED, ["no module"]) if bad else (Outcome.OK, [])
        return Trial(
            "check", 1, "plain", "inprocess", outcome, evidence, {"import": 5}, {}, None, []
        )

    monkeypatch.setattr(virtualenvs, "plan", lambda *_: made)
    monkeypatch.setattr(virtualenvs, "create", create)
    monkeypatch.setattr(locks, "check_lock", lambda _: None)
    monkeypatch.setattr(prepare, "check_trial", check)
    home = Home(tmp_path)
    for _ in range(2):
        refused = prepare.ready(home, [PLAIN], lambda *_: None)["plain"]
        assert isinstance(refused, EnvError)
        assert "its environment is kept, but its adapter's first run failed" in str(refused)
    facts = prepare.ready(home, [PLAIN], lambda *_: None)["plain"]
    assert isinstance(facts, Environment)
    assert facts.seconds["install"] == 2.0
    assert installs == ["k"]
