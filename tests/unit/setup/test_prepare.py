"""Preparation of environments: a wait for another process is reported and can be stopped."""

from __future__ import annotations

import fcntl
import threading
import time
from pathlib import Path

import pytest

from harness.errors import EnvError
from harness.frameworks import virtualenvs
from harness.frameworks.interpreters import Interpreter
from harness.home import Home
from harness.model import Environment
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
