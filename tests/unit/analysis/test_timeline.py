"""Timelines: bars, lanes, the critical path, and their charts."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import stats
from harness.analysis.timeline import Bar, Timeline, Wait, merged, timeline
from harness.errors import UsageError
from harness.report.charts import save
from harness.report.document import Gantt, Panel
from harness.report.terminal.gantt import print_gantt
from harness.results.journal import Event
from tests.unit.counting import growth
from tests.unit.made_events import in_turn
from workloads import patterns
from workloads.dag import Workload

CHAIN = patterns.chain(3)
FAN_IN = patterns.fan_in(2)  # s1 and s2, then s3
MS = 1_000_000


def save_gantt(line: Timeline, path: Path, title: str = "a chart") -> None:
    save.save(Gantt(title=title, alt=title, panels=(Panel("it", "fast", "inprocess", line),)), path)


def event(
    step: str,
    start_ns: int,
    end_ns: int | None,
    *,
    thread: int = 1,
    attempt: int = 1,
    error: str | None = None,
) -> Event:
    return Event(step, attempt, start_ns, end_ns, error, "host", 1, thread)


def path(line: Timeline) -> list[tuple[str, int]]:
    return [(bar.step, bar.attempt) for bar in line.path]


def test_stamps_are_since_the_start_and_gaps_on_the_path_are_waits() -> None:
    events = [event("s1", 110, 120), event("s2", 125, 140), event("s3", 140, 150)]
    line = timeline(CHAIN, events, 100)
    assert (line.makespan_ns, line.span_ns, line.missing) == (50, 50, ())
    assert [(bar.ready_ns, bar.start_ns, bar.end_ns) for bar in line.bars] == [
        (0, 10, 20),
        (20, 25, 40),
        (40, 40, 50),
    ]
    assert line.waits == (Wait("s1", 1, 0, 10, 0), Wait("s2", 1, 20, 25, 0))


def test_the_path_goes_through_the_upstream_that_ended_last() -> None:
    events = [event("s1", 0, 9), event("s2", 0, 8, thread=2), event("s3", 10, 12)]
    assert path(timeline(FAN_IN, events, 0)) == [("s1", 1), ("s3", 1)]
    events = [event("s1", 0, 8), event("s2", 0, 9, thread=2), event("s3", 10, 12)]
    assert path(timeline(FAN_IN, events, 0)) == [("s2", 1), ("s3", 1)]


def test_a_path_through_retries_goes_through_the_failed_attempt() -> None:
    events = [
        event("s1", 0, 5),
        event("s2", 6, 8, error="E: no"),
        event("s2", 10, 15, attempt=2),
        event("s3", 15, 16),
    ]
    line = timeline(CHAIN, events, 0)
    assert path(line) == [("s1", 1), ("s2", 1), ("s2", 2), ("s3", 1)]
    assert [bar.state for bar in line.bars] == ["critical", "failed", "critical", "critical"]
    assert Wait("s2", 2, 8, 10, 0) in line.waits


def test_a_wait_includes_the_time_its_worker_ran_another_step() -> None:
    wide = patterns.fan_out(2)  # s1, then s2 and s3
    line = timeline(wide, [event("s1", 0, 5), event("s2", 7, 17), event("s3", 20, 30)], 0)
    assert path(line) == [("s1", 1), ("s3", 1)]
    assert line.waits == (Wait("s3", 1, 5, 20, 10),)


def test_an_unfinished_step_is_in_the_timeline_and_not_on_the_path() -> None:
    line = timeline(CHAIN, [event("s1", 0, 5), event("s2", 7, None, thread=2)], 0)
    assert [bar.state for bar in line.bars] == ["critical", "unfinished"]
    assert (line.makespan_ns, line.span_ns, line.missing) == (5, 7, ("s3",))


@pytest.mark.parametrize("events", [[], [event("s1", 3, None)], [event("stranger", 1, 2)]])
def test_very_short_executions_have_a_timeline(events: list[Event], tmp_path: Path) -> None:
    line = timeline(CHAIN, events, 0)
    assert len(line.bars) == len(events)
    print_gantt(line)
    save_gantt(line, tmp_path / "f.svg")


def test_threads_alive_at_once_have_lanes_of_their_own() -> None:
    events = [event(f"s{i}", i, 10 + i, thread=i) for i in (1, 2, 3)]
    events += [event("s4", 20, 30, thread=4), event("s5", 21, 31, thread=2)]
    line = timeline(patterns.fan_in(4), events, 0)
    lanes = {bar.step: bar.lane for bar in line.bars}
    # Thread 4 begins after the last steps of 1 and 3; thread 2 still has one.
    assert lanes == {"s1": "w1", "s2": "w2", "s3": "w3", "s4": "w1", "s5": "w2"}
    assert {lane.name: lane.threads for lane in line.lanes} == {"w1": 2, "w2": 1, "w3": 1}


def test_busy_is_the_share_of_the_makespan_in_which_any_step_ran() -> None:
    events = [event("s1", 0, 4), event("s2", 2, 6), event("s3", 8, 10)]
    (lane,) = timeline(FAN_IN, events, 0).lanes
    assert lane.busy_share == pytest.approx(0.8)
    assert lane.attempts == 3


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 9)), max_size=12))
def test_merged_spans_cover_the_times_of_all_bars(spans: list[tuple[int, int]]) -> None:
    bars = [Bar("s", 1, "w1", 0, a, a + b, None, False) for a, b in sorted(spans)]
    covered = {t for a, b in spans for t in range(a, min(a + b, 30))}
    found = merged(bars, 30)
    assert {t for a, b in found for t in range(a, b)} == covered
    assert all(a < b for a, b in found)
    assert all(one[1] < other[0] for one, other in pairwise(found))


def runs(workload: Workload, draw: st.DrawFn) -> list[Event]:
    """Draw a run in which every step starts some time after all its upstreams ended."""
    ends: dict[str, int] = {}
    events = []
    for step in workload.steps:
        ready = max((ends[up] for up in step.upstreams), default=0)
        begun = ready + draw(st.integers(0, 5))
        ends[step.id] = begun + draw(st.integers(0, 5))
        events.append(event(step.id, begun, ends[step.id], thread=draw(st.integers(1, 3))))
    return events


@st.composite
def executions(draw: st.DrawFn) -> tuple[Workload, list[Event]]:
    workload = patterns.layered(layers=draw(st.integers(1, 4)), width=draw(st.integers(1, 4)))
    return workload, runs(workload, draw)


@given(executions())
def test_steps_and_waits_on_the_path_make_up_the_makespan(
    drawn: tuple[Workload, list[Event]],
) -> None:
    line = timeline(*drawn, 0)
    steps = sum((bar.end_ns or 0) - bar.start_ns for bar in line.path)
    assert steps + sum(w.end_ns - w.start_ns for w in line.waits) == line.makespan_ns
    assert all(0 <= wait.queued_ns <= wait.end_ns - wait.start_ns for wait in line.waits)
    assert all(0 <= lane.busy_share <= 1 for lane in line.lanes)


@given(executions())
def test_the_path_equals_stats_critical_path(drawn: tuple[Workload, list[Event]]) -> None:
    workload, events = drawn
    upstreams = {step.id: step.upstreams for step in workload.steps}
    starts = {event.step: event.start_ns for event in events}
    ends = {event.step: event.end_ns or 0 for event in events}
    expected = stats.critical_path(upstreams, starts, ends)
    assert {bar.step for bar in timeline(workload, events, 0).path} == set(expected)


def wide_run(steps: int, threads: int = 4) -> Timeline:
    workload = patterns.fan_in(steps - 1)
    events = [
        event(step.id, 10 * i * MS, (10 * i + 5) * MS, thread=i % threads)
        for i, step in enumerate(workload.steps)
    ]
    return timeline(workload, events, 0)


def test_few_steps_are_printed_with_a_row_per_step(capsys: pytest.CaptureFixture[str]) -> None:
    events = [event("s1", 10 * MS, 20 * MS), event("s2", 30 * MS, 80 * MS, thread=2)]
    print_gantt(timeline(CHAIN, events, 0), "the title")
    out = capsys.readouterr().out
    lines = out.splitlines()
    assert lines[0] == "the title"
    assert lines[1].split() == ["step", "lane", "0", "80.0ms", "time", "wait"]
    first, second = lines[2], lines[3]
    assert first.split()[:2] == ["s1", "w1"]
    assert first.split()[-2:] == ["10.0ms", "10.0ms"]
    assert second.split()[-2:] == ["50.0ms", "10.0ms"]
    assert second.count("█") == pytest.approx(first.count("█") * 5, abs=4)
    assert "2 of 2 steps; 60.0ms in steps, 20.0ms (25 %) waiting" in out
    assert "never started: s3" in out
    assert max(map(len, lines)) <= 80


def test_many_steps_are_printed_with_a_row_per_lane(capsys: pytest.CaptureFixture[str]) -> None:
    print_gantt(wide_run(100))
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[:6]] == ["lane", "w1", "w2", "w3", "w4", "path"]
    assert max(map(len, lines)) <= 80
    assert lines[1].split()[-3:] == ["13", "%", "25"]


@pytest.mark.parametrize("steps", [3, 100])
def test_a_step_from_before_its_run_fits_the_chart(
    steps: int, capsys: pytest.CaptureFixture[str]
) -> None:
    workload = patterns.chain(steps)
    events = [event(step.id, i * MS, i * MS + 1) for i, step in enumerate(workload.steps)]
    events[0] = event("s1", -100_000 * MS, MS)
    print_gantt(timeline(workload, events, 0))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 3
    assert max(map(len, lines)) <= 80


def test_half_a_surrogate_pair_can_be_drawn_and_encoded(tmp_path: Path) -> None:
    events = [event("s1", 0, MS, error="no file \udcff"), event("\ud800", MS, 2 * MS)]
    line = timeline(CHAIN, events, 0)
    save_gantt(line, tmp_path / "f.svg")
    assert b"no file \\\\udcff" in msgspec.json.encode(line)


def test_hundreds_of_lanes_are_cut(capsys: pytest.CaptureFixture[str]) -> None:
    workload = patterns.fan_out(300)
    events = [event(s.id, i, 1000, thread=i) for i, s in enumerate(workload.steps)]
    print_gantt(timeline(workload, events, 0))
    lines = capsys.readouterr().out.splitlines()
    assert "and 261 more lanes" in lines
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("steps", [10, 2000])
def test_the_same_timeline_gives_the_same_svg(tmp_path: Path, steps: int) -> None:
    line = wide_run(steps)
    for name in ("a", "b"):
        save_gantt(line, tmp_path / f"{name}.svg", "prefect $1$ <x>\nP=2")
    text = (tmp_path / "a.svg").read_text()
    assert text == (tmp_path / "b.svg").read_text()
    words = "".join(ElementTree.fromstring(text).itertext())
    for expected in ("prefect $1$ <x>", "P=2", "step on the critical path", "w4"):
        assert expected in words


def test_the_unit_of_the_axis_follows_the_span(tmp_path: Path) -> None:
    for end_ns, unit in ((5_000, " µs<"), (5 * MS, " ms<"), (5_000 * MS, " s<")):
        save_gantt(timeline(CHAIN, [event("s1", 0, end_ns)], 0), tmp_path / "f.svg")
        assert unit in (tmp_path / "f.svg").read_text()


def test_failed_and_unfinished_steps_are_marked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    events = [event("s1", 0, 5 * MS, error="E: no"), event("s2", 7 * MS, None)]
    line = timeline(CHAIN, events, 0)
    save_gantt(line, tmp_path / "f.svg")
    text = (tmp_path / "f.svg").read_text()
    print_gantt(line)
    out = capsys.readouterr().out
    for meaning in ("failed", "never ended"):
        assert meaning in text
        assert meaning in out
    assert "?" in out.splitlines()[2]


def test_a_png_file_has_the_png_signature(tmp_path: Path) -> None:
    save_gantt(timeline(CHAIN, in_turn(CHAIN), 0), tmp_path / "new" / "f.PNG")
    assert (tmp_path / "new" / "f.PNG").read_bytes().startswith(b"\x89PNG")


def test_another_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\.svg or \.png"):
        save_gantt(timeline(CHAIN, in_turn(CHAIN), 0), tmp_path / "f.pdf")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("shape", [patterns.chain, patterns.fan_in, patterns.fan_out])
def test_a_timeline_grows_with_the_number_of_steps(shape: Callable[[int], Workload]) -> None:
    def of_size(steps: int) -> Callable[[], object]:
        workload = shape(steps)
        events = in_turn(workload)
        return lambda: timeline(workload, events, 0)

    assert growth(of_size, 500, 4000) < 1.1
