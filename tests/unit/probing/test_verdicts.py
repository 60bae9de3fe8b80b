"""Verdicts about a mode as a whole, judged by all of its trials."""

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
    """Write the folder of a trial that attempted these connections."""
    folder.mkdir()
    lines = [json.dumps({"pid": 1, "address": to, "port": port}) for to, port in attempted]
    (folder / OUTSIDE).write_text("".join(f"{line}\n" for line in lines))
    return folder


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Write the trial that ran the probe ``outside``."""
    folder = trial(tmp_path / "own", CONTROL)
    (folder / "outside").mkdir()
    answered = Attempt(0, 1, "ended", {"control": "192.0.2.1:9"})
    result = ProbeResult("outside", [Pipeline("outside/p1", [answered])])
    wire.write(folder / "outside" / wire.RESULT, result)
    return folder


def judged(
    own: Path, beside: Sequence[Path], verdict: str = "works", told: str = ""
) -> ProbeVerdict:
    record = ProbeVerdict("fast", "server", "outside", verdict, "by its own trial", trial="own")
    probe = msgspec.structs.replace(every()["outside"], told=told)
    return verdicts.over_all(record, probe, own, beside)


def test_a_call_in_another_trial_counts(own: Path, tmp_path: Path) -> None:
    quiet, calls = trial(tmp_path / "quiet"), trial(tmp_path / "calls", ("203.0.113.5", 443))
    assert judged(own, [quiet]).verdict == "works"
    found = judged(own, [quiet, calls])
    assert (found.verdict, found.said) == ("partly", "attempted: 203.0.113.5:443")
    assert found.trial == "own"


def test_an_inconclusive_record_stays_inconclusive(own: Path, tmp_path: Path) -> None:
    calls = trial(tmp_path / "calls", ("203.0.113.5", 443))
    assert judged(own, [calls], "inconclusive").said == "by its own trial"


def test_a_trial_without_a_folder_is_accepted(own: Path, tmp_path: Path) -> None:
    assert judged(own, [tmp_path / "never began"]).verdict == "works"


def test_a_verdict_that_depends_on_settings_is_partly(own: Path, tmp_path: Path) -> None:
    quiet, calls = trial(tmp_path / "quiet"), trial(tmp_path / "calls", ("203.0.113.5", 443))
    found = judged(own, [quiet], told="it calls home unless CALL is false")
    assert found.verdict == "partly"
    assert found.said.endswith(
        "only with the adapter's settings: it calls home unless CALL is false"
    )
    assert judged(own, [calls], told="it calls home").said == "attempted: 203.0.113.5:443"
