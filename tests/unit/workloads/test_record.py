"""Step attempts recorded from threads, forks and processes that die."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from harness.results.journal import read_events
from tests.paths import ROOT
from workloads.record import recorded


def journals(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.jsonl"))


def child(code: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    """Run code that records into ``folder``, in a new interpreter without other threads."""
    text = f"import os, signal\nfrom workloads.record import recorded\nfolder = {str(folder)!r}\n"
    return subprocess.run([sys.executable, "-c", text + code], cwd=ROOT, timeout=30, check=False)


def test_start_and_end_make_one_event(tmp_path: Path) -> None:
    with recorded(str(tmp_path), "train"):
        pass
    (event,) = read_events(tmp_path)
    assert (event.step, event.attempt, event.error) == ("train", 1, None)
    assert event.end_ns is not None
    assert 0 < event.start_ns <= event.end_ns
    assert (event.pid, event.thread) == (os.getpid(), threading.get_ident())


def test_an_empty_folder_has_no_events(tmp_path: Path) -> None:
    assert read_events(tmp_path) == []
    assert read_events(tmp_path / "missing") == []


def test_attempts_at_one_step_are_numbered_by_start(tmp_path: Path) -> None:
    for step in ("a", "b", "a", "a"):
        with recorded(str(tmp_path), step):
            pass
    assert [(e.step, e.attempt) for e in read_events(tmp_path)] == [
        ("a", 1),
        ("b", 1),
        ("a", 2),
        ("a", 3),
    ]


def test_an_exception_is_recorded_and_propagates(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no"), recorded(str(tmp_path), "a"):
        raise ValueError('no "good"\nat all')
    (event,) = read_events(tmp_path)
    assert event.error == 'ValueError: no "good"\nat all'
    assert event.end_ns is not None


def test_an_endless_message_is_cut(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="x"), recorded(str(tmp_path), "a"):
        raise ValueError("x" * 100_000)
    error = read_events(tmp_path)[0].error
    assert error is not None
    assert len(error) == 2000


def test_a_system_exit_is_recorded_as_an_end(tmp_path: Path) -> None:
    with pytest.raises(SystemExit), recorded(str(tmp_path), "a"):
        sys.exit(3)
    assert read_events(tmp_path)[0].error == "SystemExit: 3"


def test_names_are_quoted(tmp_path: Path) -> None:
    with recorded(str(tmp_path), 'a"\\\nü'):
        pass
    assert read_events(tmp_path)[0].step == 'a"\\\nü'


def test_nested_steps_pair_correctly(tmp_path: Path) -> None:
    with recorded(str(tmp_path), "outer"), recorded(str(tmp_path), "inner"):
        pass
    outer, inner = read_events(tmp_path)
    assert (outer.step, inner.step) == ("outer", "inner")
    assert outer.end_ns is not None
    assert inner.end_ns is not None
    assert outer.start_ns <= inner.start_ns <= inner.end_ns <= outer.end_ns


def test_threads_share_a_journal_and_keep_their_events(tmp_path: Path) -> None:
    barrier = threading.Barrier(4)

    def work(name: str) -> None:
        barrier.wait()
        for i in range(50):
            with recorded(str(tmp_path), f"{name}_{i}"):
                pass

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    events = read_events(tmp_path)
    assert len(journals(tmp_path)) == 1
    assert {e.step for e in events} == {f"{name}_{i}" for name in "abcd" for i in range(50)}
    assert all(e.end_ns is not None and e.attempt == 1 for e in events)
    assert len({e.thread for e in events}) == 4


def test_another_folder_is_another_journal(tmp_path: Path) -> None:
    for name in ("r1", "r2", "r1"):
        with recorded(str(tmp_path / name), name):
            pass
    assert [e.attempt for e in read_events(tmp_path / "r1")] == [1, 2]
    assert [e.step for e in read_events(tmp_path / "r2")] == ["r2"]


def test_a_forked_child_has_a_journal_of_its_own(tmp_path: Path) -> None:
    done = child(
        """
with recorded(folder, "parent"):
    pid = os.fork()
    with recorded(folder, "child" if pid == 0 else "waits"):
        if pid:
            os.waitpid(pid, 0)
    if pid == 0:
        os._exit(0)
""",
        tmp_path,
    )
    assert done.returncode == 0
    events = {e.step: e for e in read_events(tmp_path)}
    assert len(journals(tmp_path)) == 2
    assert events["child"].pid != events["parent"].pid
    assert all(e.end_ns is not None and e.attempt == 1 for e in events.values())


def test_a_child_forked_while_another_thread_records_can_record(tmp_path: Path) -> None:
    # The lock may be held at the moment of the fork, by a thread that the child does not have.
    done = child(
        """
from workloads import record
with record._journal.lock:
    pid = os.fork()
    if pid == 0:
        signal.alarm(5)
        with recorded(folder, "child"):
            pass
        os._exit(0)
raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
""",
        tmp_path,
    )
    assert done.returncode == 0
    assert [e.step for e in read_events(tmp_path)] == ["child"]


def test_a_killed_process_leaves_its_records(tmp_path: Path) -> None:
    done = child(
        """
with recorded(folder, "done"):
    pass
with recorded(folder, "cut"):
    os.kill(os.getpid(), signal.SIGKILL)
""",
        tmp_path,
    )
    assert done.returncode == -signal.SIGKILL
    done_, cut = read_events(tmp_path)
    assert done_.end_ns is not None
    assert (cut.step, cut.end_ns, cut.error) == ("cut", None, None)


def _record(folder: str, step: str) -> None:
    with recorded(folder, step):
        pass


def test_a_spawned_process_records_too(tmp_path: Path) -> None:
    process = multiprocessing.get_context("spawn").Process(
        target=_record, args=(str(tmp_path), "spawned")
    )
    process.start()
    process.join(30)
    (event,) = read_events(tmp_path)
    assert (event.step, event.pid) == ("spawned", process.pid)


def test_a_step_that_outlives_its_run_ends_in_a_later_journal(tmp_path: Path) -> None:
    with recorded(str(tmp_path / "r1"), "late"), recorded(str(tmp_path / "r2"), "next"):
        pass
    assert len(journals(tmp_path / "r1")) == 2
    (late,) = read_events(tmp_path / "r1")
    assert late.end_ns is not None
