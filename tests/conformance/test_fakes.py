"""Faults of workers: each gets its outcome and a line of evidence, and leaves nothing behind."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from harness.home import Home
from harness.model import Outcome, Timeouts, Trial
from workloads import patterns

from . import machinery

WORKLOAD = patterns.chain(steps=3)

Runner = Callable[..., Trial]


@pytest.fixture
def run(home: Home, tmp_path: Path) -> Iterator[Runner]:
    """Run a fake's trial; only its folder may be left afterwards."""
    before = set(home.root.iterdir())

    def run(
        name: str,
        mode: str | None = None,
        *,
        timeouts: Timeouts = machinery.PATIENT,
        repetitions: int = 1,
        seconds: float = 60,
    ) -> Trial:
        job = machinery.job(
            home,
            machinery.fake(name),
            WORKLOAD,
            tmp_path,
            mode=mode,
            timeouts=timeouts,
            repetitions=repetitions,
        )
        result = machinery.bounded_run(job, seconds)
        evidence = [result.evidence, *(each.evidence for each in result.repetitions)]
        for line in (line for lines in evidence for line in lines):
            assert line.isprintable(), f"not one clear line: {line!r}"
        assert msgspec.json.decode(msgspec.json.encode(result), type=Trial) == result
        return result

    yield run
    assert machinery.traces(tmp_path) == []
    assert {path.name for path in tmp_path.iterdir()} <= {"oracle", "trial", "workload.json"}
    assert set(home.root.iterdir()) == before


@pytest.mark.parametrize("name", ["plain", "honest", "unsettled"])
def test_a_correct_trial_is_ok(run: Runner, name: str) -> None:
    result = run(name, repetitions=2)
    assert result.worst == (Outcome.OK, [])
    assert [each.makespan_ns is not None for each in result.repetitions] == [True, True]


@pytest.mark.parametrize(
    ("name", "mode", "words"),
    [
        ("lies", "nothing_recorded", "step s1 never ran"),
        ("lies", "half", "step s3 never ran"),
        ("twice", None, "step s1 ran 2 times"),
        ("reorders", None, "step s2 started"),
        ("wrong", None, "the oracle's"),
        ("miscounts", None, "the engine's own store counts 2"),
        ("outputs", "missing", "returned []"),
        ("outputs", "extra", "'more'"),
    ],
)
def test_an_incorrect_trial_is_wrong(run: Runner, name: str, mode: str | None, words: str) -> None:
    (repetition,) = run(name, mode, timeouts=Timeouts(settle=1)).repetitions
    assert repetition.outcome is Outcome.WRONG
    assert words in repetition.evidence[0]
    assert repetition.makespan_ns is None
    assert all(len(line) < 300 for line in repetition.evidence)


@pytest.mark.parametrize(
    ("name", "mode", "words"),
    [
        ("crash", "exit", "ended with exit code 3 in execute"),
        ("crash", "segfault", "was ended by SIGSEGV in execute"),
        ("crash", "realtime_signal", "signal 35"),
        ("raises", "error", "failed in execute: ValueError: the engine is out of order"),
        ("raises", "surrogate", "no such file"),
        ("raises", "cancelled", "cancelled by the engine"),
        ("raises", "systemexit", "the engine gives up"),
        ("raises", "unprintable", "UnprintableError"),
        ("closes", "and_fails", "these words must not be lost"),
        ("outputs", "set", "TypeError: Object of type set is not JSON serializable"),
        ("outputs", "nan", "not JSON compliant"),
        ("garbage", "response", "response.json is not JSON"),
        ("garbage", "result", "result.json is not JSON"),
        ("garbage", "events", "is damaged"),
        ("garbage", "wrong_types", "is damaged"),
        ("garbage", "folder", "without"),
        ("garbage", "supervisor", "without"),
        ("garbage_phases", "text", "phases.jsonl holds a line that is not JSON"),
        ("garbage_phases", "unknown_phase", "phases.jsonl holds a line that is not a phase"),
        ("garbage_phases", "wrong_types", "phases.jsonl holds a line that is not a phase"),
    ],
)
def test_a_broken_trial_has_failed(run: Runner, name: str, mode: str, words: str) -> None:
    result = run(name, mode)
    outcome, evidence = result.worst
    assert outcome is Outcome.FAILED
    assert words in "; ".join(evidence)


@pytest.mark.parametrize("mode", ["execute", "service", "exit"])
def test_a_hanging_worker_is_killed_with_all_its_descendants(
    run: Runner, tmp_path: Path, mode: str
) -> None:
    started = time.monotonic()
    result = run("hangs", mode, timeouts=Timeouts(execute=2, service=2, exit=2, settle=2))
    assert time.monotonic() - started < 20
    outcome, evidence = result.worst
    assert outcome is Outcome.TIMEOUT
    assert evidence[0] == f"timeout in {mode} after 2 s"
    ports = [int(path.read_text()) for path in tmp_path.glob("trial/scratch/port-*")]
    assert len(ports) == 3
    assert all(map(machinery.is_free, ports))
    log = (tmp_path / "trial" / "output.log").read_text()
    assert "_hang" in log, "the log should say where it hung"


def test_a_repetition_stays_valid_when_the_process_hangs_at_its_end(run: Runner) -> None:
    result = run("hangs", "exit", timeouts=Timeouts(exit=1))
    assert result.outcome is Outcome.TIMEOUT
    assert [each.outcome for each in result.repetitions] == [Outcome.OK]


def test_a_crash_after_the_result_fails_only_the_trial(run: Runner) -> None:
    result = run("crash", "after_result")
    assert result.outcome is Outcome.FAILED
    assert "exit code 4 after its answer" in result.evidence[0]
    assert [each.outcome for each in result.repetitions] == [Outcome.OK]


def test_a_stamp_from_the_future_does_not_stop_the_timeout(run: Runner) -> None:
    result = run("garbage_phases", "future", timeouts=Timeouts(execute=1, settle=2), seconds=20)
    assert result.worst[0] in (Outcome.TIMEOUT, Outcome.FAILED)


def test_a_flood_of_output_is_bounded(run: Runner, tmp_path: Path) -> None:
    started = time.monotonic()
    result = run("floods")
    assert time.monotonic() - started < 60
    assert result.worst == (Outcome.OK, [])
    log = tmp_path / "trial" / "output.log"
    assert log.stat().st_size < 4_000_000
    text = log.read_text()
    assert text.startswith("the first words\n")
    assert text.endswith("the last words\n")
    assert "bytes of output left out" in text


def test_a_worker_may_close_its_output(run: Runner) -> None:
    assert run("closes", "quietly").worst == (Outcome.OK, [])


def test_leftover_processes_are_killed_and_reported(
    run: Runner, home: Home, tmp_path: Path
) -> None:
    result = run("litters")
    assert result.outcome is Outcome.OK
    assert [each.outcome for each in result.repetitions] == [Outcome.OK]
    assert result.evidence == ["left running, and was killed: sleep 3600"]
    for place in (tmp_path, home.root, Path.home(), Path("/tmp"), Path.cwd()):
        assert not (place / "litter-of-a-fake").exists()
    left = [path.parent.name for path in tmp_path.rglob("litter-of-a-fake")]
    assert left == ["trial"], "only where it was started, inside its own folder"


def test_a_process_that_keeps_changing_its_pid_is_killed(run: Runner) -> None:
    started = time.monotonic()
    result = run("hydra")
    assert time.monotonic() - started < 10
    assert [each.outcome for each in result.repetitions] == [Outcome.OK]
    assert "left running" in result.evidence[0]
