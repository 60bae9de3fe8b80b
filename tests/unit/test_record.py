"""Journals of step attempts, and what damage to them does."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workloads.record import Event, JournalError, read_events, recorded

ROOT = Path(__file__).resolve().parents[2]


def journals(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.jsonl"))


def child(code: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    """Run code that records into ``folder``, in an interpreter without our threads."""
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


def test_nothing_recorded_is_no_events(tmp_path: Path) -> None:
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


def test_an_exception_is_recorded_and_goes_on(tmp_path: Path) -> None:
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


def test_even_a_system_exit_is_an_end(tmp_path: Path) -> None:
    with pytest.raises(SystemExit), recorded(str(tmp_path), "a"):
        sys.exit(3)
    assert read_events(tmp_path)[0].error == "SystemExit: 3"


def test_names_are_quoted(tmp_path: Path) -> None:
    with recorded(str(tmp_path), 'a"\\\nü'):
        pass
    assert read_events(tmp_path)[0].step == 'a"\\\nü'


def test_nested_steps_pair_rightly(tmp_path: Path) -> None:
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


def test_a_killed_process_leaves_what_it_had_recorded(tmp_path: Path) -> None:
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


def sample(folder: Path) -> bytes:
    """A journal of three events, the second of which failed and the last never ended."""
    lines = [
        {"host": "h", "pid": 7},
        {"n": 0, "step": "a", "thread": 1, "start": 10},
        {"n": 1, "step": "b", "thread": 2, "start": 11},
        {"n": 1, "end": 12, "error": "E: ü"},
        {"n": 0, "end": 13, "error": None},
        {"n": 2, "step": "a", "thread": 1, "start": 14},
    ]
    data = "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines).encode()
    (folder / "j.jsonl").write_bytes(data)
    return data


def test_a_torn_last_line_is_left_out(tmp_path: Path) -> None:
    data = sample(tmp_path)
    (tmp_path / "j.jsonl").write_bytes(data + b'{"n": 2, "end": 1')
    assert read_events(tmp_path)[-1].end_ns is None


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (0, b"{}"),
        (0, b"garbage"),
        (0, b"[]"),
        (1, b""),
        (2, b"{"),
        (2, b"3"),
        (2, b"null"),
        (3, b'{"n": 1}'),
        (3, b'{"n": 9, "end": 12, "error": null}'),
        (3, b'{"n": [], "end": 12, "error": null}'),
        (3, b"\xff\xfe"),
        (4, b'{"n": 3, "start": 4}'),
        (4, b'{"n": 3, "step": "x", "thread": 1, "start": "soon"}'),
        (4, b'{"n": 3, "step": 5, "thread": 1, "start": 4}'),
        (4, b'{"n": 0, "end": "late", "error": null}'),
    ],
)
def test_damage_elsewhere_is_an_error_that_names_the_journal(
    tmp_path: Path, line: int, text: bytes
) -> None:
    lines = sample(tmp_path).split(b"\n")
    lines[line] = text
    (tmp_path / "j.jsonl").write_bytes(b"\n".join(lines))
    with pytest.raises(JournalError, match=r"j\.jsonl"):
        read_events(tmp_path)


@given(st.data())
def test_a_cut_at_any_byte_invents_nothing(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("cut")
    whole = sample(folder)
    everything = read_events(folder)
    (folder / "j.jsonl").write_bytes(whole[: data.draw(st.integers(0, len(whole)))])
    for found in read_events(folder):
        assert found in everything or found in map(unended, everything)


def unended(event: Event) -> Event:
    return Event(**{**vars(event), "end_ns": None, "error": None})


@given(st.binary(max_size=200))
def test_any_bytes_give_events_or_a_journal_error(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / "j.jsonl").write_bytes(data)
    with contextlib.suppress(JournalError):
        assert read_events(folder) == []


def write_journal(path: Path, *lines: dict[str, object]) -> None:
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))


def test_a_step_that_outlives_its_run_ends_in_a_later_journal(tmp_path: Path) -> None:
    with recorded(str(tmp_path / "r1"), "late"), recorded(str(tmp_path / "r2"), "next"):
        pass
    assert len(journals(tmp_path / "r1")) == 2
    (late,) = read_events(tmp_path / "r1")
    assert late.end_ns is not None


def test_a_process_number_used_again_hides_no_attempt(tmp_path: Path) -> None:
    header: dict[str, object] = {"host": "h", "pid": 7}
    for name, start in (("j1", 20), ("j2", 10)):
        write_journal(
            tmp_path / f"{name}.jsonl",
            header,
            {"n": 0, "step": "a", "thread": 1, "start": start},
            {"n": 0, "end": start + 5, "error": None},
        )
    assert [(e.attempt, e.start_ns, e.end_ns) for e in read_events(tmp_path)] == [
        (1, 10, 15),
        (2, 20, 25),
    ]
