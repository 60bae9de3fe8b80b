"""Deaths of services, by themselves, by a stop or by a kill: the report and the leftovers."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from harness.services import ServiceError, Services
from harness.services.process import Process

from . import machinery


def listening(port: int) -> int:
    """Return the pid of the process that listens on the port."""
    return next(
        each.pid
        for each in psutil.net_connections("tcp")
        if each.status == psutil.CONN_LISTEN and each.laddr.port == port and each.pid
    )


def kill_and_wait(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    time.sleep(10)


@pytest.mark.parametrize(
    "rounds",
    [10, pytest.param(50, marks=[pytest.mark.framework, pytest.mark.thorough])],
)
def test_databases_stop_and_free_their_ports_every_time(tmp_path: Path, rounds: int) -> None:
    for round_ in range(rounds):
        (tmp_path / f"{round_}").mkdir()
        with Services(tmp_path / f"{round_}", tmp_path / f"data-{round_}") as services:
            for name in ("postgres", "redis"):
                services.provide(name)
            ports = [urlsplit(services.url(name)).port or 0 for name in ("postgres", "redis")]
            if round_ % 2:
                # Its parent is interrupted at once, whatever it is doing.
                with pytest.raises(ServiceError, match="postgres was ended by SIGKILL"):
                    kill_and_wait(listening(ports[0]))
        assert all(map(machinery.is_free, ports))
        assert machinery.traces(tmp_path) == []


def test_a_second_death_during_the_report_of_the_first_is_ignored(
    databases: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database's child processes die one after the other, after their parent."""
    words = Process.words

    def interrupted(process: Process) -> str:
        with process.log.open("rb"):
            signal.raise_signal(signal.SIGCHLD)
        return words(process)

    monkeypatch.setattr(Process, "words", interrupted)
    with databases:
        databases.start("struck", ["sleep", "3600"], ready=lambda: True)
        (pid,) = databases.pids
        with pytest.raises(ServiceError, match="service struck was ended by SIGKILL"):
            kill_and_wait(pid)
    assert (databases.folder / "services.jsonl").read_text().count("died") == 1


def test_a_service_that_dies_after_anothers_crash_is_restarted(
    databases: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.services.manager._RESTART_S", 0.1)
    with databases:
        for name in ("struck", "leaning"):
            databases.start(name, ["sleep", "3600"], ready=lambda: True)
        assert databases.tend() == []
        before = databases.pids
        crashed = databases.crash(["struck"])
        (leaning,) = (pid for pid in before if pid != crashed[0].pid)
        os.kill(leaning, signal.SIGKILL)
        databases.revive(crashed)
        fell: list[str] = []
        while len(databases.pids - before) < 2:
            fell += databases.tend()
        assert fell == ["leaning"]
        assert all(psutil.pid_exists(pid) for pid in databases.pids)
    assert "leaning was ended by SIGKILL" in (databases.folder / "services.jsonl").read_text()


def test_children_that_outlive_a_bare_kill_run_until_the_restart(databases: Services) -> None:
    """The kill is like ``kill -9``, and the restart like a service manager's."""
    code = "import subprocess, sys; subprocess.run(['sleep', '3600'])"
    with databases:
        databases.start("parent", [sys.executable, "-c", code], ready=lambda: True)
        (parent,) = databases.pids
        while not (children := psutil.Process(parent).children()):
            time.sleep(0.01)
        crashed = databases.crash(["parent"], bare=["parent"])
        assert not psutil.pid_exists(parent)
        assert children[0].is_running()
        databases.revive(crashed)
        psutil.wait_procs(children, timeout=10)
        assert not children[0].is_running()
