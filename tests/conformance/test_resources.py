"""What a keeper says of its tree's resources, and that its control group goes with it."""

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

from . import machinery

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="counts as Linux does")

#: A pool that is forked beforehand and reaped by a middle man, as LocalExecutor's is; and another
#: process that nobody waits for. Each burns a known time.
BURNS = """
import json, os, pathlib, sys, time
from harness.processes.meter import Meter

def burn(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass

def forked(function):
    pid = os.fork()
    if not pid:
        function()
        os._exit(0)
    return pid

def pool():
    # They stay a while, so that a sampler on a busy machine comes by too.
    for pid in [forked(lambda: (burn(0.4), time.sleep(2))) for _ in range(3)]:
        os.waitpid(pid, 0)
    pathlib.Path("written").write_bytes(b"x" * 2_000_000)
    forked(lambda: burn(0.3))

meter = Meter()
before = meter.read()
os.waitpid(forked(pool), 0)
while (after := meter.read()).processes > 1:
    time.sleep(0.01)
print(json.dumps({
    "told": os.environ.get("HARNESS_CGROUP"),
    "group": meter.group,
    "cpu_s": (after.cpu_ns - before.cpu_ns) / 1e9,
    "written": after.written_bytes - before.written_bytes,
    "memory": meter.memory(),
}))
"""
BURNT_S = 3 * 0.4 + 0.3


def environment() -> dict[str, str]:
    return {"PATH": os.defpath, "PYTHONPATH": str(machinery.CHECKOUT)}


def groups() -> set[Path]:
    """All groups of keepers."""
    return {
        path
        for place in cgroup.places()
        if place.folder.is_dir()
        for path in place.folder.glob("harness-*")
    }


@pytest.fixture(autouse=True)
def _nothing_left() -> Iterator[None]:
    """No group may be left of those that a test made; others may work beside us."""
    before = groups()
    yield
    assert {path for path in groups() - before if _is_mine(path)} == set()


def _is_mine(group: Path) -> bool:
    """Whether it is of a keeper that has ended, or that this process started."""
    pid = int(group.name.split("-")[1])
    try:
        return psutil.Process(pid).ppid() == os.getpid()
    except psutil.NoSuchProcess:
        return True


def _keeper_of(folder: Path) -> int:
    """The keeper of ``folder`` that this process started."""
    for process in psutil.Process().children():
        # A zombie is an orphan that this process adopted in an earlier test.
        if process.status() != psutil.STATUS_ZOMBIE and str(folder) in process.cmdline():
            return process.pid
    raise AssertionError("there is no keeper")


def kept(folder: Path, code: str) -> Ending:
    """Run ``code`` to its end under a keeper."""
    with Child([sys.executable, "-c", code], folder, environment()) as child:
        assert child.wait(60)
        return child.ending()


def test_an_order_to_a_keeper_that_has_just_ended_breaks_nothing(tmp_path: Path) -> None:
    with Child([sys.executable, "-c", ""], tmp_path, environment()) as child:
        assert child.wait(60)
        child.ending()
        assert child._keeper.stdin is not None
        child._keeper.stdin.write(supervisor.KILL)  # is kept until the pipe is closed


def kept_without_group(folder: Path, code: str) -> Ending:
    """The same where no control group can be made."""
    patch = "from harness.processes import cgroup, supervisor; cgroup.make = lambda: None; "
    start = [sys.executable, "-c", f"{patch}supervisor.main()", str(folder), "--"]
    # Its input stays open: a keeper whose input ends takes the harness for dead.
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


@pytest.mark.parametrize("run", [kept, kept_without_group])
def test_all_that_was_burnt_is_counted(tmp_path: Path, run: Callable[[Path, str], Ending]) -> None:
    ending = run(tmp_path, BURNS)
    said: dict[str, Any] = json.loads((tmp_path / "output.log").read_text())
    assert ending.returncode == 0
    assert (ending.source == "psutil") == (said["group"] is None)
    assert run is kept or ending.source == "psutil"
    assert said["told"] is None, "the framework has no use for it"
    # CPU time, which a busy machine does not stretch; above it lies what Python itself takes.
    assert BURNT_S * 0.95 < said["cpu_s"] < BURNT_S * 1.5
    assert said["cpu_s"] * 0.95 < ending.cpu_user_s + ending.cpu_system_s < BURNT_S * 2
    assert said["memory"] > 1_000_000
    assert ending.peak_processes is not None
    assert ending.peak_processes >= 4  # the command, the middle man, some of the pool
    assert ending.peak_threads is not None
    assert ending.peak_threads >= ending.peak_processes
    assert ending.memory == "pss"
    assert ending.peak_pss_bytes is not None
    assert ending.peak_pss_bytes > 1_000_000
    assert ending.written_bytes is not None
    assert 0 < ending.sampler_cpu_s <= ending.keeper_cpu_s
    samples = read_samples(tmp_path / SAMPLES)
    assert samples[0].ns >= ending.spawned_ns
    highest = peak(samples, ending.spawned_ns, ending.ended_ns)
    assert highest is not None
    assert highest.pss_bytes == ending.peak_pss_bytes
    assert [each.cpu_ns for each in samples] == sorted(each.cpu_ns or 0 for each in samples)


@pytest.mark.parametrize("run", [kept, kept_without_group])
def test_what_the_tree_writes_is_not_what_the_keeper_writes(
    tmp_path: Path, run: Callable[[Path, str], Ending]
) -> None:
    kind = subprocess.run(["stat", "-f", "-c", "%T", tmp_path], capture_output=True, check=True)
    if kind.stdout.strip() in (b"tmpfs", b"ramfs", b"overlayfs"):
        pytest.skip("what is written to memory reaches no storage")
    shout = "print('x' * 1_500_000, flush=True); "
    write = "import os; os.fork() or open('f', 'wb').write(bytes(700_000)); "
    ending = run(tmp_path, f"{shout}{write}")
    assert ending.output_bytes == 1_500_001
    assert ending.written_bytes is not None
    assert 700_000 <= ending.written_bytes < 900_000


def test_a_killed_keepers_group_goes_with_its_orphans(tmp_path: Path) -> None:
    code = "import os, time; os.fork(); print('on', flush=True); time.sleep(60)"
    child = Child([sys.executable, "-c", code], tmp_path, environment())
    with child:
        log, end = tmp_path / "output.log", time.monotonic() + 30
        while not log.exists() or log.read_bytes().count(b"on") < 2:
            assert time.monotonic() < end
            time.sleep(0.01)
        mine = [path for path in groups() if _is_mine(path)]
        os.kill(_keeper_of(tmp_path), signal.SIGKILL)
        with pytest.raises(SupervisorError):
            child.ending()
    assert machinery.traces_after(tmp_path, 10) == []
    assert [path for path in mine if path.exists()] == []


def test_the_next_keeper_removes_what_a_dead_one_left(tmp_path: Path) -> None:
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
    assert machinery.traces_after(tmp_path, 10) == []  # the worker dies with its keeper
    left = [path for path in groups() if f"harness-{dead.pid}-" in path.name]
    if not left:
        pytest.skip("no control group is ours to make")
    assert kept(tmp_path, "pass").source.startswith("cgroup")
    assert [path for path in left if path.exists()] == []
