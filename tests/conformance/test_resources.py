"""Supervisor's report on its tree's resources, and removal of its control group."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest

from harness.processes import cgroup, supervisor
from harness.processes.child import Child, Ending, SupervisorError
from harness.processes.sampler import SAMPLES, peak, read_samples
from tests.child_scripts import BURNING

from . import machinery

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="counts by Linux's /proc and control groups"
)

#: A pool that is forked beforehand and reaped by an intermediate process, as in LocalExecutor,
#: and another process that is never waited for. Each uses a known CPU time.
BURNS = (
    BURNING
    + """
def pool():
    # They live for a while, so that the sampler sees them even on a busy machine.
    for pid in [forked(lambda: (burn(0.4), time.sleep(2))) for _ in range(3)]:
        os.waitpid(pid, 0)
    pathlib.Path("written").write_bytes(b"x" * 2_000_000)
    forked(lambda: burn(0.3))

os.waitpid(forked(pool), 0)
while (after := meter.read()).processes > 1:
    time.sleep(0.01)
print(json.dumps({
    "variable": os.environ.get("HARNESS_CGROUP"),
    "group": meter.group,
    "cpu_s": (after.cpu_ns - before.cpu_ns) / 1e9,
    "written": after.written_bytes - before.written_bytes,
    "memory": meter.memory(),
}))
"""
)
BURNT_S = 3 * 0.4 + 0.3


def environment() -> dict[str, str]:
    return {"PATH": os.defpath, "PYTHONPATH": str(machinery.CHECKOUT)}


def groups() -> set[Path]:
    """Return all groups of supervisors."""
    return {
        path
        for place in cgroup.places()
        if place.folder.is_dir()
        for path in place.folder.glob("harness-*")
    }


@pytest.fixture(autouse=True)
def _nothing_left() -> Iterator[None]:
    """Check that no group of the test is left; other processes may have groups, too."""
    before = groups()
    yield
    assert {path for path in groups() - before if _is_mine(path)} == set()


def _is_mine(group: Path) -> bool:
    """Return whether its supervisor has ended or was started by this process."""
    pid = int(group.name.split("-")[1])
    try:
        return psutil.Process(pid).ppid() == os.getpid()
    except psutil.NoSuchProcess:
        return True


def _supervisor_of(folder: Path) -> int:
    """Return the pid of the supervisor of ``folder`` that this process started."""
    for process in psutil.Process().children():
        # A zombie is an orphan that this process adopted in an earlier test.
        if process.status() != psutil.STATUS_ZOMBIE and str(folder) in process.cmdline():
            return process.pid
    raise AssertionError("no supervisor found")


def supervised(folder: Path, code: str) -> Ending:
    """Run ``code`` to its end under a supervisor."""
    with Child([sys.executable, "-c", code], folder, environment()) as child:
        assert child.wait(60)
        return child.ending()


def test_an_order_to_an_ended_supervisor_raises_nothing(tmp_path: Path) -> None:
    with Child([sys.executable, "-c", ""], tmp_path, environment()) as child:
        assert child.wait(60)
        child.ending()
        assert child._supervisor.stdin is not None
        child._supervisor.stdin.write(
            supervisor.KILL
        )  # stays in the buffer until the pipe is closed


def supervised_without_group(folder: Path, code: str) -> Ending:
    """Run ``code`` under a supervisor that cannot make a control group."""
    patch = "from harness.processes import cgroup, supervisor; cgroup.make = lambda: None; "
    start = [sys.executable, "-c", f"{patch}supervisor.main()", str(folder), "--"]
    # Its stdin stays open: its end would mean that the harness is dead.
    with subprocess.Popen(
        [*start, sys.executable, "-c", code],
        env=environment(),
        cwd=folder,
        stdin=subprocess.PIPE,
    ) as running:
        assert running.stdin is not None
        while running.poll() is None:
            time.sleep(0.02)
    return msgspec.json.decode((folder / "exit.json").read_bytes(), type=Ending)


@pytest.mark.parametrize("run", [supervised, supervised_without_group])
def test_all_resources_used_are_counted(tmp_path: Path, run: Callable[[Path, str], Ending]) -> None:
    ending = run(tmp_path, BURNS)
    printed: dict[str, Any] = json.loads((tmp_path / "output.log").read_text())
    assert ending.returncode == 0
    assert (ending.source == "psutil") == (printed["group"] is None)
    assert run is supervised or ending.source == "psutil"
    assert printed["variable"] is None, "it is hidden from the framework"
    # CPU time does not grow on a busy machine; Python's own start comes on top.
    assert BURNT_S * 0.95 < printed["cpu_s"] < BURNT_S * 1.5
    assert printed["cpu_s"] * 0.95 < ending.cpu_user_s + ending.cpu_system_s < BURNT_S * 2
    assert printed["memory"] > 1_000_000
    assert ending.peak_processes is not None
    assert ending.peak_processes >= 4  # the command, the intermediate process, some of the pool
    assert ending.peak_threads is not None
    assert ending.peak_threads >= ending.peak_processes
    assert ending.memory == "pss"
    assert ending.peak_pss_bytes is not None
    assert ending.peak_pss_bytes > 1_000_000
    assert ending.written_bytes is not None
    assert 0 < ending.sampler_cpu_s <= ending.supervisor_cpu_s
    samples = read_samples(tmp_path / SAMPLES)
    assert samples[0].ns >= ending.spawned_ns
    highest = peak(samples, ending.spawned_ns, ending.ended_ns)
    assert highest is not None
    assert highest.pss_bytes == ending.peak_pss_bytes
    assert [each.cpu_ns for each in samples] == sorted(each.cpu_ns or 0 for each in samples)


@pytest.mark.parametrize("run", [supervised, supervised_without_group])
def test_bytes_written_by_the_supervisor_are_not_counted(
    tmp_path: Path, run: Callable[[Path, str], Ending]
) -> None:
    kind = subprocess.run(["stat", "-f", "-c", "%T", tmp_path], capture_output=True, check=True)
    if kind.stdout.strip() in (b"tmpfs", b"ramfs", b"overlayfs"):
        pytest.skip("bytes written to a memory file system do not reach storage")
    shout = "print('x' * 1_500_000, flush=True); "
    write = "import os; os.fork() or open('f', 'wb').write(bytes(700_000)); "
    ending = run(tmp_path, f"{shout}{write}")
    assert ending.output_bytes == 1_500_001
    assert ending.written_bytes is not None
    assert 700_000 <= ending.written_bytes < 900_000


def test_a_killed_supervisors_group_is_removed_with_its_orphans(tmp_path: Path) -> None:
    code = "import os, time; os.fork(); print('on', flush=True); time.sleep(60)"
    child = Child([sys.executable, "-c", code], tmp_path, environment())
    with child:
        log, end = tmp_path / "output.log", time.monotonic() + 30
        while not log.exists() or log.read_bytes().count(b"on") < 2:
            assert time.monotonic() < end
            time.sleep(0.01)
        mine = [path for path in groups() if _is_mine(path)]
        os.kill(_supervisor_of(tmp_path), signal.SIGKILL)
        with pytest.raises(SupervisorError):
            child.ending()
    assert machinery.traces_after(tmp_path, 10) == []
    assert [path for path in mine if path.exists()] == []


def test_the_next_supervisor_removes_the_group_of_a_dead_one(tmp_path: Path) -> None:
    code = "import time; time.sleep(60)"
    start = [sys.executable, "-m", "harness.processes.supervisor", str(tmp_path), "--"]
    dead = subprocess.Popen(
        [*start, sys.executable, "-c", code], env=environment(), stdin=subprocess.PIPE
    )
    end = time.monotonic() + 30
    while not (tmp_path / SAMPLES).exists() or not read_samples(tmp_path / SAMPLES):
        assert time.monotonic() < end
        time.sleep(0.01)
    dead.kill()
    dead.communicate()
    assert machinery.traces_after(tmp_path, 10) == []  # the worker dies with its supervisor
    left = [path for path in groups() if f"harness-{dead.pid}-" in path.name]
    if not left:
        pytest.skip("no control group can be made here")
    assert supervised(tmp_path, "pass").source.startswith("cgroup")
    assert [path for path in left if path.exists()] == []
