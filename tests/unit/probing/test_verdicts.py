"""What is asked of a mode as a whole is judged by all of its trials."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from harness import wire
from harness.model import ProbeVerdict
from harness.probes.registry import every
from harness.probing import verdicts
from harness.worker.probing.messages import OUTSIDE, Attempt, Pipeline, ProbeResult

CONTROL = ("192.0.2.1", 9)


def trial(folder: Path, *attempted: tuple[str, int]) -> Path:
    """What a trial leaves that attempted these connections."""
    folder.mkdir()
    lines = [json.dumps({"pid": 1, "address": to, "port": port}) for to, port in attempted]
    (folder / OUTSIDE).write_text("".join(f"{line}\n" for line in lines))
    return folder


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    """The trial in which it was asked whether anything is called."""
    folder = trial(tmp_path / "own", CONTROL)
    (folder / "outside").mkdir()
    answered = Attempt(0, 1, "ended", {"control": "192.0.2.1:9"})
    said = ProbeResult("outside", [Pipeline("outside/p1", [answered])])
    wire.write(folder / "outside" / wire.RESULT, said)
    return folder


def judged(
    asked: Path, beside: Sequence[Path], verdict: str = "works", told: str = ""
) -> ProbeVerdict:
    record = ProbeVerdict("fast", "server", "outside", verdict, "by its own trial", trial="own")
    probe = msgspec.structs.replace(every()["outside"], told=told)
    return verdicts.over_all(record, probe, asked, beside)


def test_a_call_in_another_trial_counts(asked: Path, tmp_path: Path) -> None:
    quiet, calls = trial(tmp_path / "quiet"), trial(tmp_path / "calls", ("203.0.113.5", 443))
    assert judged(asked, [quiet]).verdict == "works"
    found = judged(asked, [quiet, calls])
    assert (found.verdict, found.said) == ("partly", "attempted: 203.0.113.5:443")
    assert found.trial == "own"


def test_what_could_not_be_told_stays_so(asked: Path, tmp_path: Path) -> None:
    calls = trial(tmp_path / "calls", ("203.0.113.5", 443))
    assert judged(asked, [calls], "inconclusive").said == "by its own trial"


def test_a_trial_that_left_nothing_is_no_obstacle(asked: Path, tmp_path: Path) -> None:
    assert judged(asked, [tmp_path / "never began"]).verdict == "works"


def test_whoever_has_to_be_told_does_half_of_it(asked: Path, tmp_path: Path) -> None:
    quiet, calls = trial(tmp_path / "quiet"), trial(tmp_path / "calls", ("203.0.113.5", 443))
    found = judged(asked, [quiet], told="it calls home unless CALL is false")
    assert found.verdict == "partly"
    assert found.said.endswith("since it was told so: it calls home unless CALL is false")
    assert judged(asked, [calls], told="it calls home").said == "attempted: 203.0.113.5:443"
