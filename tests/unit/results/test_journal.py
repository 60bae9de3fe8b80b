"""Journals: reading, and damage."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from harness.results.journal import Event, JournalError, read_events
from tests.unit.counting import growth


def sample(folder: Path) -> bytes:
    """Write a journal of three events: the second failed, and the last did not end."""
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
    return replace(event, end_ns=None, error=None)


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


def start(n: int, step: str = "a", stamp: int = 10) -> dict[str, object]:
    return {"n": n, "step": step, "thread": 1, "start": stamp}


def end(n: int, stamp: int = 20, error: str | None = None) -> dict[str, object]:
    return {"n": n, "end": stamp, "error": error}


HEADER: dict[str, object] = {"host": "h", "pid": 7}


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([start(0), end(0), end(0)], "j.jsonl ends attempt 0, which has no start"),
        ([start(0), start(0)], "line 3: attempt 0 starts again before its end"),
        ([start(0), {**end(0), "end": True}], "line 3: Expected `int`, got `bool`"),
        ([{"n": 0, "step": "a"}], "line 2: not a start or an end"),
        ([start(0), {"n": 0, "end": 20}], "line 3: not a start or an end"),
        ([{"n": 0, "start": 1, "end": 2, "error": None}], "line 2: a start without its step"),
    ],
)
def test_damage_is_reported_with_its_line(
    tmp_path: Path, lines: list[dict[str, object]], message: str
) -> None:
    write_journal(tmp_path / "j.jsonl", HEADER, *lines)
    with pytest.raises(JournalError) as caught:
        read_events(tmp_path)
    assert message in str(caught.value)
    assert str(tmp_path / "j.jsonl") in str(caught.value)


def test_endless_nesting_is_damage(tmp_path: Path) -> None:
    (tmp_path / "j.jsonl").write_bytes(b"[" * 100_000 + b"\n")
    with pytest.raises(JournalError, match="line 1"):
        read_events(tmp_path)


def test_half_a_surrogate_pair_is_read_as_it_was_written(tmp_path: Path) -> None:
    # As in the message of an error about a file whose name is not UTF-8.
    write_journal(tmp_path / "j.jsonl", HEADER, start(0), end(0, error="no file \udcff"))
    assert read_events(tmp_path)[0].error == "no file \udcff"


def test_an_end_that_stands_before_its_start_is_still_its_end(tmp_path: Path) -> None:
    write_journal(tmp_path / "j.jsonl", HEADER, end(0), start(0))
    assert read_events(tmp_path) == [Event("a", 1, 10, 20, None, "h", 7, 1)]


def test_an_end_of_another_process_ends_nothing(tmp_path: Path) -> None:
    write_journal(tmp_path / "j1.jsonl", HEADER, start(0))
    write_journal(tmp_path / "j2.jsonl", {"host": "h", "pid": 8}, end(0))
    with pytest.raises(JournalError, match=r"j2\.jsonl ends attempt 0, which has no start"):
        read_events(tmp_path)


def of_machine(boot: str, pid: int, delay_ns: int) -> dict[str, object]:
    """Return a header whose way to the collector took this long, measured by two clocks."""
    sent = {"sent": 1_000, "arrived": 1_000 + delay_ns, "here": "ours"}
    return {"host": f"host of {boot}", "pid": pid, "boot": boot, **sent}


def test_times_of_another_machine_are_converted_to_the_collectors_clock(tmp_path: Path) -> None:
    """The clock is ahead by 5,000 ns; the quickest packet took 3 ns, another one 40."""
    write_journal(tmp_path / "j1.jsonl", of_machine("far", 1, 3 - 5_000), start(0), end(0))
    write_journal(tmp_path / "j2.jsonl", of_machine("far", 2, 40 - 5_000), start(0), end(0))
    write_journal(tmp_path / "j3.jsonl", of_machine("ours", 3, 900), start(0), end(0))
    write_journal(tmp_path / "j4.jsonl", {"host": "h", "pid": 4, "boot": "ours"}, start(0))
    times = {event.pid: (event.start_ns, event.end_ns) for event in read_events(tmp_path)}
    there = (10 - 4_997, 20 - 4_997)
    assert times == {1: there, 2: there, 3: (10, 20), 4: (10, None)}


@given(st.integers(-(2**60), 2**60), st.lists(st.integers(0, 10**7), min_size=1, max_size=5))
def test_the_clock_error_is_at_most_the_shortest_travel_time(
    tmp_path_factory: pytest.TempPathFactory, ahead_ns: int, ways_ns: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("clocks")
    for pid, way_ns in enumerate(ways_ns):
        header = of_machine("far", pid, way_ns - ahead_ns)
        line = start(0, stamp=10 + ahead_ns)
        write_journal(folder / f"j{pid}.jsonl", header, line)
    assert {event.start_ns for event in read_events(folder)} == {10 + min(ways_ns)}


def test_two_clocks_without_a_collector_are_an_error(tmp_path: Path) -> None:
    for pid, boot in enumerate(("one", "two")):
        header: dict[str, object] = {"host": f"host {boot}", "pid": pid, "boot": boot}
        write_journal(tmp_path / f"j{pid}.jsonl", header, start(0))
    with pytest.raises(JournalError, match="host one and host two without the collector"):
        read_events(tmp_path)


@given(st.data())
def test_every_recorded_attempt_is_read(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Attempts are of any processes, ended or not, with lines in any possible order."""
    folder = tmp_path_factory.mktemp("any")
    expected = []
    for pid in range(data.draw(st.integers(0, 3))):
        lines = []
        for n in range(data.draw(st.integers(0, 5))):
            begun = data.draw(st.integers(0, 2**62))
            step = data.draw(st.text(min_size=1, max_size=5))
            error = data.draw(st.none() | st.text(max_size=5))
            done = data.draw(st.booleans())
            lines += [start(n, step, begun), *([end(n, begun + 1, error)] if done else [])]
            event = Event(step, 1, begun, None, None, "h", pid, 1)
            expected.append(replace(event, end_ns=begun + 1, error=error) if done else event)
        write_journal(folder / f"j{pid}.jsonl", {"host": "h", "pid": pid}, *lines)
    found = read_events(folder)
    assert [event.start_ns for event in found] == sorted(event.start_ns for event in found)
    assert {replace(event, attempt=1) for event in found} == set(expected)
    assert len(found) == len(expected)
    for step in {event.step for event in found}:
        of_step = [event.attempt for event in found if event.step == step]
        assert of_step == list(range(1, len(of_step) + 1))


@pytest.mark.parametrize("tries", [1, 2])
def test_reading_grows_with_the_number_of_lines(tmp_path: Path, tries: int) -> None:
    def of_size(steps: int) -> Callable[[], object]:
        folder = tmp_path / str(steps)
        folder.mkdir()
        lines = []
        for n in range(steps):
            lines += [start(n, f"s{n // tries}", 2 * n), end(n, 2 * n + 1)]
        write_journal(folder / "j.jsonl", HEADER, *lines)
        return lambda: read_events(folder)

    assert growth(of_size, 500, 4000) < 1.1
