"""Sampler: its pace, its file and the maxima of samples."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import msgspec
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.processes import sampler, tree
from harness.processes.sampler import Sample, Sampler, peak, read_samples


def sample(ns: int = 1, pss: int | None = 10, **changes: object) -> Sample:
    plain = Sample(ns, pss, "pss", processes=2, threads=3, cpu_ns=ns, written_bytes=None)
    return msgspec.structs.replace(plain, **changes)


SAMPLES = st.builds(
    Sample,
    ns=st.integers(0, 100),
    pss_bytes=st.none() | st.integers(0, 1 << 40),
    memory=st.sampled_from(sampler.KINDS),
    processes=st.integers(1, 1000),
    threads=st.integers(1, 1000),
    cpu_ns=st.none() | st.integers(0, 1 << 60),
    written_bytes=st.none() | st.integers(0, 1 << 60),
)


@given(st.integers(0, 10**12))
def test_the_pause_keeps_sampling_within_its_share(cost_ns: int) -> None:
    pause = sampler.pause_s(cost_ns)
    assert sampler.MIN_PAUSE_S <= pause <= sampler.MAX_PAUSE_S
    if pause < sampler.MAX_PAUSE_S:
        assert cost_ns / 1e9 <= sampler.SHARE * pause * (1 + 1e-9)


@given(st.lists(SAMPLES, max_size=10), st.integers(0, 100), st.integers(0, 100))
def test_a_peak_covers_the_span_or_the_first_sample_after_it(
    samples: list[Sample], one: int, other: int
) -> None:
    samples.sort(key=lambda each: each.ns)
    start, end = min(one, other), max(one, other)
    found = peak(samples, start, end)
    within = [each for each in samples if start <= each.ns <= end]
    after = [each for each in samples if each.ns > end]
    if within:
        assert found is not None
        assert found.processes == max(each.processes for each in within)
        assert found.threads == max(each.threads for each in within)
        sizes = [each.pss_bytes for each in within if each.pss_bytes is not None]
        assert found.pss_bytes == (max(sizes) if sizes else None)
        assert ("rss" in [each.memory for each in within]) == (found.memory == "rss")
    else:
        assert found == (after[0] if after else None)


@given(st.lists(SAMPLES, max_size=5), st.integers(1, 60))
def test_a_torn_line_is_left_out(samples: list[Sample], lost: int) -> None:
    lines = [msgspec.json.encode(each) + b"\n" for each in samples]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "samples")
        path.write_bytes(b"".join(lines))
        assert read_samples(path) == samples
        if lines:
            path.write_bytes(b"".join(lines)[:-lost])
            assert read_samples(path) == samples[:-1]


def test_a_damaged_line_is_left_out_alone(tmp_path: Path) -> None:
    path = tmp_path / "samples"
    good = msgspec.json.encode(sample())
    path.write_bytes(good + b"\n\xff\xfe\nnull\n{}\n" + good + b"\n")
    assert read_samples(path) == [sample(), sample()]
    assert read_samples(tmp_path / "missing") == []
    assert read_samples(tmp_path) == []


def watched(tmp_path: Path, *measures: Sample | OSError | None) -> Sampler:
    """Return a stopped sampler that took ``measures`` without a pause between them."""
    watcher, left, done = Sampler(tmp_path / "samples"), list(measures), threading.Event()

    def measure() -> Sample | None:
        now = left.pop(0) if left else None
        if not left:
            done.set()
        if isinstance(now, OSError):
            raise now
        return now

    watcher.watch(measure)
    assert done.wait(30)
    watcher.stop()
    assert not watcher.is_alive()
    return watcher


@pytest.fixture
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampler, "MIN_PAUSE_S", 0.0)
    monkeypatch.setattr(sampler, "SHARE", 1e9)


@pytest.mark.usefixtures("no_pause")
def test_samples_are_written_as_they_come_and_their_maxima_kept(tmp_path: Path) -> None:
    first, second = sample(1, pss=30, processes=1), sample(2, pss=None, processes=9)
    watcher = watched(tmp_path, None, first, None, second)
    assert read_samples(tmp_path / "samples") == [first, second]
    assert watcher.most == sample(2, pss=30, processes=9)
    assert watcher.cpu_ns > 0


@pytest.mark.usefixtures("no_pause")
def test_a_full_disk_ends_only_the_sampling(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    watcher = watched(tmp_path, sample(1), OSError(28, "No space left on device"))
    assert read_samples(tmp_path / "samples") == [sample(1)]
    assert watcher.most == sample(1)
    assert "no more samples: [Errno 28]" in capsys.readouterr().err


def test_psutil_measures_a_tree() -> None:
    measure = tree.by_psutil()
    code = "import threading, sys; sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE) as child:
        found = measure()
        assert child.stdin is not None
        child.stdin.close()
    assert found is not None
    assert found.processes >= 1
    assert found.threads >= found.processes
    assert found.pss_bytes is not None
    assert found.pss_bytes > 100_000
    assert found.memory in sampler.KINDS


def test_memory_without_permission_falls_back_to_rss(monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(process: psutil.Process) -> None:
        raise psutil.AccessDenied(process.pid)

    monkeypatch.setattr(psutil.Process, "memory_full_info", denied)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        found = tree.by_psutil()()
        assert child.stdin is not None
        child.stdin.write(b"\n")
    assert found is not None
    assert found.memory == "rss"
    assert found.pss_bytes is not None
    assert found.pss_bytes > 100_000
