"""Machinery shared by conformance tests: homes, trials of fakes, and the search for traces."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil

from harness import wire
from harness.execution import trial
from harness.execution.job import Job, Task
from harness.frameworks import virtualenvs
from harness.frameworks.adapter_file import read_adapter_file
from harness.frameworks.catalog import Framework
from harness.home import Home, import_folder
from harness.model import Environment, PlannedTrial, Timeouts, Trial
from harness.setup import prepare
from tests.paths import ROOT as CHECKOUT
from workloads.dag import Workload
from workloads.execute import run_serially

FAKES = CHECKOUT / "tests" / "fakes"

#: The command with the self-check (PROVEN) or without it (HARNESS), since it takes longer than most
#: tests. A shell that runs tests in the background makes them ignore Ctrl-C; the command must not.
_CTRL_C = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
PROVEN = [sys.executable, "-c", f"{_CTRL_C}from harness.cli import main; main()"]
_NO_CONTROLS = (
    "from harness.planning import profile; "
    "profile.control_profile = lambda: profile.Profile('none'); "
)
HARNESS = [*PROVEN[:2], f"{_NO_CONTROLS}{PROVEN[2]}"]

#: Far longer than any phase of a fake takes.
PATIENT = Timeouts(spawn=60, load=60, service=60, execute=60, settle=10, exit=60)


def fake(name: str) -> Framework:
    """Return one of the fakes, or an adapter of this project that needs no framework."""
    folder = FAKES / name
    if not folder.exists():
        folder = CHECKOUT / "adapters" / name
    return Framework(name, folder, read_adapter_file(folder / "adapter.toml"))


def make_home(folder: Path) -> Home:
    """Make a home in which plain Python and all fakes share the checkout's environment.

    The place of an environment follows from the digest of its contents, which is the same for all
    of them; so a link at each place is enough.
    """
    plain = fake("plain")
    shared = Home(CHECKOUT)
    made = prepare.ready(shared, [plain], lambda name, part: None)["plain"]
    assert isinstance(made, Environment), made
    home = Home(folder.resolve())
    home.envs.mkdir(parents=True)
    target = virtualenvs.plan(shared, plain).folder
    names = [path.parent.name for path in FAKES.glob("*/adapter.toml")]
    for framework in [plain, fake("fake"), *map(fake, names)]:
        virtualenvs.plan(home, framework).folder.symlink_to(target)
    return home


def make_every_home(folder: Path) -> Home:
    """Make a home that shares the checkout's environments of all frameworks."""
    home = Home(folder.resolve())
    shared = Home(CHECKOUT).envs
    shared.mkdir(parents=True, exist_ok=True)
    (home.root / ".harness").mkdir()
    home.envs.symlink_to(shared)
    return home


def answer(workload: Workload, folder: Path) -> dict[str, Any]:
    """Return the right outputs."""
    return workload.select(run_serially(workload, str(folder / "events"), str(folder)))


def job(
    home: Home,
    framework: Framework,
    workload: Workload,
    folder: Path,
    *,
    mode: str | None = None,
    repetitions: int = 1,
    workers: int = 1,
    timeouts: Timeouts = PATIENT,
) -> Job:
    """Return the job of a trial of ``framework`` in ``folder/trial``."""
    file = folder / "workload.json"
    wire.write(file, workload.to_json())
    mode, oracle = mode or framework.default_mode, folder / "oracle"
    return Job(
        planned=PlannedTrial("t", 1, framework.name, mode, workers, ["cell"]),
        framework=framework,
        tasks=[Task("cell", "w", workload, file, workers, answer(workload, oracle), repetitions)],
        timeouts=timeouts,
        folder=folder / "trial",
        venv=virtualenvs.plan(home, framework).folder,
        pythonpath=[import_folder(home, framework.folder)],
    )


def bounded_run(job: Job, seconds: float) -> Trial:
    """Run a trial; fail the test, instead of hanging, if it takes longer than ``seconds``."""
    end = time.monotonic() + seconds

    def on_phase(phase: str, run_id: str) -> None:
        assert time.monotonic() < end, f"still in {phase} {run_id} after {seconds} s"

    return trial.run(job, on_phase)


def traces(folder: Path) -> list[str]:
    """Return the processes that refer to ``folder`` by command, directory, environment or files."""
    mark = str(folder)
    found = []
    for process in psutil.process_iter():
        if process.pid == os.getpid():
            continue
        try:
            with process.oneshot():
                texts = [*process.cmdline(), process.cwd(), *process.environ().values()]
                texts += [file.path for file in process.open_files()]
        except (psutil.Error, OSError):
            continue  # ended, or not readable
        if any(mark in text for text in texts):
            found.append(f"{process.pid}: {' '.join(process.cmdline())[:150]}")
    return found


def traces_after(folder: Path, seconds: float) -> list[str]:
    """Return :func:`traces` once they are empty, or after ``seconds``."""
    end = time.monotonic() + seconds
    while (found := traces(folder)) and time.monotonic() < end:
        time.sleep(0.1)
    return found


def is_free(port: int) -> bool:
    """Return whether no process listens on the port."""
    return all(
        item.laddr.port != port
        for item in psutil.net_connections("tcp")
        if item.status == psutil.CONN_LISTEN
    )


def environment(home: Home) -> dict[str, str]:
    """Return the environment for a ``harness`` command in ``home``."""
    # A fake must not be set up among the checkout's own environments.
    fakes = "" if home.envs.is_symlink() else str(FAKES)
    return {**os.environ, "HARNESS_HOME": str(home.root), "HARNESS_ADAPTERS": fakes}


def harness(
    home: Home,
    *arguments: str,
    timeout: float = 120,
    env: Mapping[str, str] | None = None,
    command: Sequence[str] = HARNESS,
) -> subprocess.CompletedProcess[str]:
    """Run ``harness`` to its end; return the completed process."""
    return subprocess.run(
        [*command, *arguments],
        env=environment(home) | dict(env or {}),
        cwd=home.root,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
