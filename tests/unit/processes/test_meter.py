"""Meter of a tree, without a control group, and the parser of /proc."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.processes import cgroup, procfs
from harness.processes.meter import Meter
from tests.child_scripts import BURNING
from tests.paths import ROOT

linux = pytest.mark.skipif(not procfs.available(), reason="needs Linux's /proc")
MISSING = 1 << 30  # beyond all pids

#: Stand-in for a supervisor: it runs its argument as a child, whose tree is measured.
SUPERVISOR = (
    "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]], check=True)"
)


def measured(code: str, folder: Path) -> Any:
    """Run ``code`` as a supervisor's child; return the JSON that it prints."""
    done = subprocess.run(
        [sys.executable, "-c", SUPERVISOR, BURNING + code],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        check=True,
        timeout=60,
    )
    return json.loads(done.stdout)


@given(
    name=st.binary(max_size=15).filter(lambda name: b"\0" not in name),
    numbers=st.lists(st.integers(0, 1 << 40), min_size=49, max_size=49),
    state=st.sampled_from("RSDZTtXI"),
)
def test_any_command_name_in_proc_stat_is_parsed(
    name: bytes, numbers: list[int], state: str
) -> None:
    fields = [state, *map(str, numbers)]
    stat = procfs.parse_stat(b"42 (%s) %s\n" % (name, " ".join(fields).encode()))
    assert (stat.pid, stat.state, stat.parent) == (42, state, numbers[0])
    # Numbered as in proc(5), where the pid is the first field and the state the third.
    assert stat.own_ticks == sum(map(int, fields[14 - 3 : 16 - 3]))
    assert stat.reaped_ticks == sum(map(int, fields[16 - 3 : 18 - 3]))
    assert stat.threads == int(fields[20 - 3])
    assert stat.started_ticks == int(fields[22 - 3])
    assert stat.alive == (state not in "ZX")


@linux
def test_an_ended_process_has_no_values() -> None:
    assert procfs.stat(MISSING) is None
    assert procfs.pss_bytes(MISSING) is None
    assert procfs.written_bytes(MISSING) is None
    assert procfs.reaped_written_bytes(MISSING) is None
    assert procfs.below(MISSING) == []


@linux
def test_a_live_process_is_read_correctly() -> None:
    stat = procfs.stat(os.getpid())
    assert stat is not None
    assert (stat.pid, stat.parent, stat.alive) == (os.getpid(), os.getppid(), True)
    times = os.times()
    ticks = os.sysconf("SC_CLK_TCK")
    assert stat.own_ticks <= (times.user + times.system) * ticks + 1


@linux
def test_children_reaped_by_an_intermediate_process_are_counted(tmp_path: Path) -> None:
    used = measured(
        """
def pool():
    for pid in [forked(lambda: burn(0.2)) for _ in range(2)]:
        os.waitpid(pid, 0)

os.waitpid(forked(pool), 0)
after = meter.read()
print(json.dumps([after.cpu_ns - before.cpu_ns, after.processes]))
""",
        tmp_path,
    )
    cpu_ns, processes = used
    assert 0.38e9 < cpu_ns < 1.2e9  # CPU time does not grow on a busy machine
    assert processes == 1


@linux
def test_processes_threads_and_memory_are_current_values(tmp_path: Path) -> None:
    size = 60 << 20
    before, during, memory, grown = measured(
        f"""
import threading, signal
small = meter.memory()
reading, writing = os.pipe()

def hold():
    block = bytearray({size})
    block[::4096] = b"x" * len(block[::4096])
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    os.write(writing, b"!")
    time.sleep(60)

pid = forked(hold)
os.read(reading, 1)
during, grown = meter.read(), meter.memory()
os.kill(pid, signal.SIGKILL)
print(json.dumps([
    [before.processes, before.threads], [during.processes, during.threads], small, grown
]))
""",
        tmp_path,
    )
    assert before == [1, 1]
    assert during == [2, 3]
    assert size * 0.95 < grown - memory < size * 1.5


def in_memory(folder: Path) -> bool:
    kind = subprocess.run(["stat", "-f", "-c", "%T", folder], capture_output=True, check=True)
    return kind.stdout.strip() in (b"tmpfs", b"ramfs", b"overlayfs")


@linux
def test_bytes_written_by_reaped_and_orphaned_children_count(tmp_path: Path) -> None:
    if in_memory(tmp_path):
        pytest.skip("bytes written to a memory file system do not reach storage")
    written = measured(
        """
import pathlib
os.waitpid(forked(lambda: pathlib.Path("a").write_bytes(b"x" * 1_000_000)), 0)
pathlib.Path("b").write_bytes(b"x" * 500_000)
print(json.dumps(meter.read().written_bytes - before.written_bytes))
""",
        tmp_path,
    )
    assert 1_500_000 <= written < 1_600_000


def test_only_cpu_time_is_known_without_proc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(procfs, "available", lambda: False)
    meter = Meter()
    used = meter.read()
    assert used.cpu_ns > 0
    assert (used.written_bytes, used.processes, used.threads) == (None, None, None)
    assert meter.memory() is None


@linux
def test_a_group_without_this_process_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cgroup.ENVIRON, "/sys/fs/cgroup/cpuacct/harness-1-1")
    meter = Meter()
    assert meter.group is None
    assert cgroup.ENVIRON not in os.environ, "it is hidden from the framework"
    assert meter.read().cpu_ns > 0


@linux
def test_a_removed_group_is_replaced_by_proc(tmp_path: Path) -> None:
    meter = Meter(str(tmp_path / "gone"), os.getppid())
    used = meter.read()
    assert used.cpu_ns > 0
    assert used.processes is not None
    assert used.processes >= 1


@linux
def test_a_value_without_permission_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(pid: int) -> int | None:
        raise PermissionError(pid)

    monkeypatch.setattr(procfs, "pss_bytes", forbidden)
    monkeypatch.setattr(procfs, "written_bytes", forbidden)
    meter = Meter()
    assert meter.memory() is None
    assert meter.read().written_bytes is None
