"""Account and folder of a database: the folder exists as long as its processes."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import psutil
import pytest

from harness.services import Services, account, postgres, redis


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    before = signal.getsignal(signal.SIGCHLD)
    (tmp_path / "logs").mkdir()
    yield Services(tmp_path / "logs", tmp_path / "scratch")
    signal.signal(signal.SIGCHLD, before)


@pytest.mark.parametrize("module", [postgres, redis])
def test_the_folder_is_removed_after_its_process_has_ended(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: ModuleType
) -> None:
    alive_at_end: list[bool] = []

    @contextmanager
    def folder_of(user: str | None, wanted: Path) -> Iterator[Path]:
        wanted.mkdir(parents=True)
        yield wanted
        alive_at_end.extend(map(psutil.pid_exists, services.pids))

    for name, command in (
        ("initdb", "exit 0"),
        ("postgres", "exec sleep 60"),
        ("redis", "exec sleep 60"),
    ):
        (tmp_path / name).write_text(f"#!/bin/sh\n{command}\n")
        (tmp_path / name).chmod(0o700)
    monkeypatch.setattr(module, "folder_of", folder_of)
    monkeypatch.setattr(module, "account", lambda *_: None)
    monkeypatch.setattr(postgres, "programs", lambda: tmp_path)
    monkeypatch.setattr(postgres, "_accepts", lambda *_: True)
    monkeypatch.setattr(postgres, "_ask", lambda *_: None)
    monkeypatch.setattr(redis.shutil, "which", lambda _: str(tmp_path / "redis"))
    monkeypatch.setattr(redis, "_answers", lambda _: True)
    with services:
        services.provide(module._NAME)
        assert alive_at_end == []
    assert alive_at_end == [False]


def test_two_sweeps_may_run_at_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of a killed process may be removed by another sweep first."""
    gone = Path(f"/tmp/{account._PREFIX}{1 << 30}-x")
    monkeypatch.setattr(Path, "glob", lambda *_: iter([gone]))
    account._sweep()
    assert not gone.exists()
