"""Progress: lines in a log, and the estimate of the time left."""

from __future__ import annotations

import pytest

from harness.commands import progress
from harness.model import Outcome, PlannedTrial, Trial
from harness.report.terminal.console import under_way


class Clock:
    """A clock that only moves when a test moves it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(progress.time, "monotonic", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def planned(name: str) -> PlannedTrial:
    return PlannedTrial(name, 1, "fast", "inprocess", 2, ["cell"])


def ended(name: str, outcome: Outcome = Outcome.OK) -> Trial:
    return Trial(name, 1, "fast", "inprocess", outcome, [], {}, {}, None, [])


def test_each_trial_that_ends_is_a_line(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with progress.Trials({"a": 10, "b": 10}) as shown:
        shown.trial(0, planned("a"))
        clock.now += 75
        shown.ended(ended("a"))
        shown.trial(1, planned("b"))
        shown.ended(ended("b", Outcome.WRONG))
    assert capsys.readouterr().err == "[01:15] 1/2 a: ok\n[01:15] 2/2 b: wrong\n"


def test_the_time_left_follows_the_estimates_and_the_pace(clock: Clock) -> None:
    shown = progress.Trials({"short": 10, "long": 30, "last": 60})
    shown.trial(0, planned("short"))
    assert shown._left() == ""  # no trial has ended, so there is no pace yet
    clock.now += 20  # twice as long as expected
    shown.ended(ended("short"))
    shown.trial(1, planned("long"))
    assert shown._left() == ", about 3 min left"
    clock.now += 110
    assert shown._left() == ", about 70 s left"
    clock.now += 100
    assert shown._left() == ", longer than expected"


def test_each_query_to_an_index_is_a_line(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with progress.Questions(2) as asking:
        asking.part("fast", "aws: fast-aws")
        clock.now += 5
        asking.part("fast", "gcp: fast-gcp")
    assert capsys.readouterr().err == "[00:00] fast: aws: fast-aws\n[00:05] fast: gcp: fast-gcp\n"


def test_environments_and_calibration_are_lines_too(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    with progress.Setup(["plain", "fast"]) as setup:
        setup.part("fast", "install")
        setup.part("fast", "ready")
    with progress.FirstTries(1) as tries:
        tries.subject("fast-inprocess-p2")
    output = capsys.readouterr().err
    assert output == "[00:00] environment fast: install\n[00:00] first try of fast-inprocess-p2\n"


@pytest.mark.parametrize(("terminal", "output"), [("1", "reading [red]"), ("", "")])
def test_a_spinner_is_shown_only_on_a_terminal(
    terminal: str,
    output: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("FORCE_COLOR", terminal)
    with under_way("reading [red]"):
        pass
    shown = capsys.readouterr()
    assert output in shown.err
    assert bool(shown.err) == bool(output)
    assert not shown.out


def test_each_requirement_of_a_check_is_a_line(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    with progress.Cases("fast/inprocess", ["values arrive", "order is kept"]) as shown:
        shown.phase("import", "")
        for phase in ("build", "execute"):
            shown.phase(phase, "case_1-r1")
        clock.now += 61
        shown.phase("build", "case_2-r1")
    said = capsys.readouterr().err
    assert said == "[00:00] 1/2 values arrive\n[01:01] 2/2 order is kept\n"
