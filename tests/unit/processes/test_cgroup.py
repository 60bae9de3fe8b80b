"""Control groups: found, made, joined, counted, removed, and not available."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from harness.processes import cgroup, procfs
from harness.processes.cgroup import Place

MOUNT = "{id} 23 0:30 {root} {at} rw,relatime{optional} - {kind} {kind} rw{options}"


def mount(at: str, kind: str, options: str = "", root: str = "/", optional: str = "") -> str:
    return MOUNT.format(id=32, root=root, at=at, kind=kind, options=options, optional=optional)


V1 = mount("/sys/fs/cgroup/cpu,cpuacct", "cgroup", ",cpu,cpuacct", optional=" shared:9")
V2 = mount("/sys/fs/cgroup", "cgroup2", ",nsdelegate", optional=" shared:4 master:1")
DISK = "22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw"


@pytest.mark.parametrize(
    ("own", "mounts", "expected"),
    [
        ("0::/user.slice/a.scope", [DISK, V2], [(2, "/sys/fs/cgroup/user.slice/a.scope")]),
        ("0::/", [V2], [(2, "/sys/fs/cgroup")]),
        (
            "3:cpu,cpuacct:/a\n1:name=systemd:/a\n0::/b",
            [V2.replace("cgroup r", "cgroup/unified r"), V1],
            [(1, "/sys/fs/cgroup/cpu,cpuacct/a"), (2, "/sys/fs/cgroup/unified/b")],
        ),
        # A container sees a part of the hierarchy, under the paths of the whole.
        (
            "3:cpuacct:/docker/x/inner",
            [mount("/cg", "cgroup", ",cpuacct", root="/docker/x")],
            [(1, "/cg/inner")],
        ),
        ("3:cpuacct:/", [mount("/cg", "cgroup", ",cpuacct", root="/docker/x")], [(1, "/cg")]),
        ("3:memory:/", [mount("/cg", "cgroup", ",memory")], []),
        ("0::/", [DISK], []),
        ("", [], []),
    ],
)
def test_places_are_where_the_kernel_says(
    own: str, mounts: list[str], expected: list[tuple[int, str]]
) -> None:
    found = cgroup.parse_places(own, "\n".join(mounts))
    assert found == [Place(version, Path(folder)) for version, folder in expected]


def test_no_group_is_made_where_cpu_time_is_not_counted(tmp_path: Path) -> None:
    # An ordinary folder, as on a system without control groups.
    assert cgroup.make([Place(1, tmp_path), Place(2, tmp_path / "missing")]) is None
    assert list(tmp_path.iterdir()) == []


def test_cpu_time_and_pids_of_both_versions_are_read(tmp_path: Path) -> None:
    v1, v2 = tmp_path / "v1", tmp_path / "v2"
    v1.mkdir()
    v2.mkdir()
    (v1 / "cpuacct.usage").write_text("1234567890\n")
    (v2 / "cpu.stat").write_text("usage_usec 1234567\nuser_usec 1000000\nsystem_usec 234567\n")
    assert cgroup.cpu_ns(str(v1)) == 1_234_567_890
    assert cgroup.cpu_ns(str(v2)) == 1_234_567_000
    with pytest.raises(FileNotFoundError):
        cgroup.cpu_ns(str(tmp_path))
    (v2 / "cgroup.procs").write_text("12\n3\n12\n")
    assert cgroup.pids(str(v2)) == [3, 12]
    assert cgroup.pids(str(v1)) == []


@pytest.mark.skipif(not procfs.available(), reason="needs Linux's /proc")
def test_only_groups_of_dead_supervisors_are_removed(tmp_path: Path) -> None:
    own = procfs.stat(os.getpid())
    assert own is not None
    alive = f"harness-{os.getpid()}-{own.started_ticks}"
    reused = f"harness-{os.getpid()}-{own.started_ticks + 1}"  # a pid that was reused
    dead, in_use = f"harness-{1 << 30}-5", f"harness-{1 << 30}-6"
    foreign = ["harness-x-1", "docker", f"my-harness-{1 << 30}-5"]
    for name in (alive, reused, dead, in_use, *foreign):
        (tmp_path / name).mkdir()
    (tmp_path / dead / "nested").mkdir()
    (tmp_path / in_use / "busy").touch()  # prevents the removal, as a process in the group would
    cgroup.sweep([Place(1, tmp_path), Place(2, tmp_path / "missing")])
    assert {path.name for path in tmp_path.iterdir()} == {alive, in_use, *foreign}


def burn(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


@pytest.mark.parametrize("version", [1, 2])
def test_processes_that_were_not_waited_for_are_counted(version: int) -> None:
    group = cgroup.make([place for place in cgroup.places() if place.version == version])
    if group is None:
        pytest.skip(f"no control group of version {version} can be made here")
    try:
        child = os.fork()
        if child == 0:
            joined = group.join()
            # It leaves two orphans, which are adopted.
            for _ in range(2):
                if os.fork() == 0:
                    burn(0.2)
                    os._exit(0)
            os._exit(0 if joined else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        end = time.monotonic() + 60
        while cgroup.pids(str(group.folder)):
            assert time.monotonic() < end
            time.sleep(0.01)
        used = group.cpu()
    finally:
        assert group.remove()
    assert not group.folder.exists()
    assert 0.38e9 < used.total_ns < 1.2e9
    assert used.user_ns + used.system_ns == used.total_ns
