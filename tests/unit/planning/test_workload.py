"""Child commands that end too early: their end is reported, and their scratch is removed."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest

from harness.commands import export
from harness.errors import EnvError, HarnessError
from harness.frameworks import uv
from harness.home import Home
from harness.planning import workload
from harness.planning.workload import WorkloadSource

BUILDERS = """
import os, signal, time

def exits():
    print("no licence", flush=True)
    os._exit(3)

def segfaults():
    os.kill(os.getpid(), signal.SIGSEGV)

def sleeps():
    time.sleep(60)
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "mine.py").write_text(BUILDERS)
    return Home(tmp_path)


@pytest.mark.parametrize(
    ("function", "limit_s", "message"),
    [
        (
            "exits",
            60,
            "mine:exits: its builder ended with exit code 3, without .* output: no licence",
        ),
        (
            "segfaults",
            60,
            "mine:segfaults: its builder was ended by SIGSEGV, without an answer; .* output: none",
        ),
        ("sleeps", 2, "mine:sleeps: its builder was killed after 2 s, without"),
    ],
)
def test_a_builder_without_an_answer_is_reported_with_its_end(
    home: Home, monkeypatch: pytest.MonkeyPatch, function: str, limit_s: float, message: str
) -> None:
    monkeypatch.setattr(workload, "_BUILD_S", limit_s)
    name = f"mine:{function}"
    with pytest.raises(HarnessError, match=message):
        workload.build(home, Path(sys.prefix), WorkloadSource(name, name, home.root), [{}])
    assert list(home.scratch.iterdir()) == []


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("echo no such flag; exit 4", "compiler --all ended with exit code 4 in .* such flag"),
        ("exec sleep 60", "compiler --all was killed after 2 s in .*; last output: none"),
    ],
)
def test_a_failed_compiler_is_reported_with_its_end(
    home: Home, monkeypatch: pytest.MonkeyPatch, script: str, message: str
) -> None:
    monkeypatch.setattr(export, "_COMPILE_S", 2.0)
    program = home.root / "bin" / "compiler"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o700)
    with pytest.raises(EnvError, match=message):
        export._compile(home, home.root, ["compiler", "--all"], home.root)
    assert list(home.scratch.iterdir()) == []


def test_a_stopped_installer_is_reported(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uv, "uv_path", lambda: "/bin/sleep")
    stop = threading.Event()
    stop.set()
    with pytest.raises(EnvError, match="uv 60 was stopped"):
        uv.uv(home, stop, "60")
    assert list(home.scratch.iterdir()) == []
