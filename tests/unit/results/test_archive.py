"""Archive of a run: the same figures, no paths of this machine, hostile files refused."""

from __future__ import annotations

import io
import lzma
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.analysis.summary import summarise
from harness.commands import pack
from harness.errors import UsageError
from harness.home import Home
from harness.report.gather import links
from harness.results import archive, store
from tests.unit.made_plan import entry
from tests.unit.made_run import made

CHAIN = {"cost": entry("overhead", workload="chain", parameters={"steps": 3})}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def run_in(home: Home, name: str = "r") -> Path:
    folder = home.results / name
    made(folder, CHAIN)
    trial = next((folder / store.TRIALS).iterdir())
    (trial / "output.log").write_text(f"wrote {home.root}/results/r and {Path.home()}/.x\n")
    (trial / "tmp").mkdir()
    (trial / "tmp" / "huge").write_text("left by a trial that failed")
    (folder / "other").mkdir()
    (folder / "other" / "secret").write_text("not of the run")
    return folder


def test_a_packed_run_has_the_same_figures(home: Home, tmp_path: Path) -> None:
    folder = run_in(home)
    file = archive.pack(home, folder, tmp_path / "out" / "r.tar.xz")
    unpacked = archive.find(home, str(file))
    assert unpacked != folder
    assert archive.find(home, str(file)) == unpacked
    one, other = (summarise(each, store.load(each)) for each in (folder, unpacked))
    assert one.experiments == other.experiments
    assert one.experiments[0].rows
    assert not (unpacked / "other").exists()
    assert not list(unpacked.rglob("tmp"))


def test_the_same_run_gives_the_same_bytes_without_paths_of_this_machine(
    home: Home, tmp_path: Path
) -> None:
    folder = run_in(home)
    file = archive.pack(home, folder, tmp_path / "a.tar.xz")
    assert archive.pack(home, folder, tmp_path / "b.tar.xz").read_bytes() == file.read_bytes()
    data = lzma.decompress(file.read_bytes())
    assert bytes(home.root) not in data
    assert b"wrote /harness/results/r and /user/.x" in data


def test_long_journals_of_probes_are_left_out(home: Home, tmp_path: Path) -> None:
    folder = run_in(home)
    for probe, size in (("largest_fan_out", 1 << 17), ("retry", 1 << 10)):
        events = folder / "probes" / "t" / probe / "p1" / "events"
        events.mkdir(parents=True)
        (events / "j.jsonl").write_bytes(b"0" * size)
        (events.parent / "answer-1.json").write_bytes(b"0" * (1 << 17))
    unpacked = archive.find(home, str(archive.pack(home, folder, tmp_path / "r.tar.xz")))
    names = {path.relative_to(unpacked / "probes" / "t") for path in unpacked.rglob("p1/**/*.*")}
    assert {str(path) for path in names} == {
        "retry/p1/events/j.jsonl",
        "retry/p1/answer-1.json",
        "largest_fan_out/p1/answer-1.json",
    }


def test_targets_of_links_are_not_packed(home: Home, tmp_path: Path) -> None:
    folder = run_in(home)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "secret").write_text("of the user")
    (folder / "probes").symlink_to(tmp_path / "mine")
    unpacked = archive.find(home, str(archive.pack(home, folder, tmp_path / "r.tar.xz")))
    assert not list(unpacked.rglob("secret"))


def test_links_lead_to_the_file_that_holds_it(home: Home, tmp_path: Path) -> None:
    file = archive.pack(home, run_in(home), tmp_path / "out" / "r.tar.xz")
    found = links.file("run", archive.find(home, str(file)), store.RUN, file.parent)
    assert found is not None
    assert found.href == "r.tar.xz#run.json"


def test_set_ups_lie_beside_the_file(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARNESS_HOME", str(home.root))
    folder = run_in(home)
    home.setups.mkdir()
    (home.setups / "fast-server.json").write_text("{}")
    pack.pack([str(folder)], tmp_path / "out")
    unpacked = archive.find(home, str(tmp_path / "out" / "r.tar.xz"))
    assert archive.setups(home, unpacked) == tmp_path / "out" / "setups"
    assert [each.name for each in (tmp_path / "out" / "setups").iterdir()] == ["fast-server.json"]
    assert archive.setups(home, folder) == home.setups


def tarred(change: Callable[[tarfile.TarInfo], None], name: str = "r/run.json") -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:xz") as tar:
        for each in ("r/run.json", name):
            member = tarfile.TarInfo(each)
            if each == name:
                change(member)
            tar.addfile(member, io.BytesIO(b"x" * member.size))
    return held.getvalue()


def _link(member: tarfile.TarInfo) -> None:
    member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"


def _header(member: tarfile.TarInfo) -> None:
    member.pax_headers = {"comment": "x" * (2 << 20)}


def _negative(member: tarfile.TarInfo) -> None:
    member.pax_headers = {"size": "-512"}


def _sparse(member: tarfile.TarInfo) -> None:
    """Return a sparse member of a gigabyte without data."""
    member.pax_headers = {"GNU.sparse.map": "0,0", "GNU.sparse.size": str(1 << 30)}


def mapped() -> bytes:
    """Return a sparse file with an endless map, which tarfile reads before it names the file."""
    held, count = io.BytesIO(), 1 << 19
    with tarfile.open(fileobj=held, mode="w:xz") as tar:
        tar.addfile(tarfile.TarInfo("r/run.json"))
        member = tarfile.TarInfo("r/new")
        member.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0"}
        data = f"{count}\n".encode() + b"0\n" * count * 2
        member.size = len(data)
        tar.addfile(member, io.BytesIO(data))
    return held.getvalue()


def _same(member: tarfile.TarInfo) -> None:
    member.size = 1


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not a packed run"),
        (b"not packed at all", "not a packed run"),
        (tarred(_same, "r/new")[:100], "not a packed run"),
        (tarred(_same, "r/../../away"), "not a plain file"),
        (tarred(_same, "/tmp/away"), "not a plain file"),
        (tarred(_link, "r/link"), "not a plain file"),
        (tarred(_same, "other/file"), "not hold exactly one folder"),
        (tarred(_same, "r/run.json"), "exists"),
        (tarred(_same, "."), "not a plain file"),
        (tarred(_same, "r"), "not a plain file"),
        (tarred(_header, "r/new"), "longer than any of a run"),
        (mapped(), "longer than any of a run"),
        (tarred(_sparse, "r/new"), "declares a wrong size"),
        (tarred(_negative, "r/new"), "declares a wrong size"),
    ],
)
def test_a_file_that_is_not_a_packed_run_is_refused(
    home: Home, tmp_path: Path, data: bytes, message: str
) -> None:
    file = tmp_path / "bad.tar.xz"
    file.write_bytes(data)
    with pytest.raises(UsageError, match=message):
        archive.find(home, str(file))
    assert not list(home.unpacked.iterdir())
    assert not (tmp_path / "away").exists()


def test_an_endless_archive_is_refused(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = archive.pack(home, run_in(home), tmp_path / "r.tar.xz")
    monkeypatch.setattr(archive, "_MOST_BYTES", 1000)
    with pytest.raises(UsageError, match="more bytes or files than any run"):
        archive.find(home, str(file))
    assert not list(home.unpacked.iterdir())


def test_a_run_may_have_the_name_of_the_file_beside_it(home: Home, tmp_path: Path) -> None:
    file = archive.pack(home, run_in(home, "origin"), tmp_path / "o.tar.xz")
    assert archive.find(home, str(file)).name == "origin"
    assert archive.origin(archive.find(home, str(file))) == file


def test_only_files_that_pack_writes_are_extracted(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "more.tar.xz"
    file.write_bytes(tarred(_same, "r/other/readings.json"))
    assert [each.name for each in archive.find(home, str(file)).iterdir()] == [store.RUN]


def test_a_missing_file_is_named(home: Home, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot read .*none\.tar\.xz"):
        archive.find(home, str(tmp_path / "none.tar.xz"))
