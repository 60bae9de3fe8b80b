"""Artifacts below a URL: not in the trial's folder, and removed after a good trial."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from harness.home import Home
from harness.model import Outcome, Trial
from workloads import kinds

from . import machinery


def run(home: Home, folder: Path, fake: str, place: str, *, keep: bool = False) -> Trial:
    job = machinery.job(home, machinery.fake(fake), kinds.kinds(), folder)
    return machinery.bounded_run(msgspec.structs.replace(job, artifacts=place, keep=keep), 90)


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("fake", "keep", "outcome", "left"),
    [
        ("plain", False, Outcome.OK, False),
        ("plain", True, Outcome.OK, True),
        ("miscounts", False, Outcome.WRONG, True),  # it is evidence
    ],
)
def test_artifacts_of_a_good_trial_are_removed_unless_kept(
    home: Home, tmp_path: Path, fake: str, keep: bool, outcome: Outcome, left: bool
) -> None:
    shared = tmp_path / "shared"
    result = run(home, tmp_path, fake, f"file://{shared}/run/trial", keep=keep)
    assert result.worst[0] is outcome
    assert list((tmp_path / "trial").rglob("artifacts")) == []
    assert bool(files(shared / "run" / "trial" / "w-r1")) is left
    assert (shared / "run").exists() is left


def test_artifacts_that_cannot_be_removed_are_reported_and_the_trial_is_ok(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.execution.artifacts.remove", lambda *_: "no answer within 300 s")
    place = f"file://{tmp_path}/shared/run/trial"
    result = run(home, tmp_path, "plain", place)
    assert result.worst[0] is Outcome.OK
    assert result.evidence == [f"artifacts were not removed from {place}: no answer within 300 s"]


def test_an_unusable_place_fails_the_trial_with_one_line(home: Home, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = run(home, tmp_path, "plain", f"file://{tmp_path}/file/trial")
    outcome, evidence = result.worst
    assert outcome is Outcome.FAILED
    assert "Not a directory" in evidence[0]
