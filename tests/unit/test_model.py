"""Values that make up a run."""

from __future__ import annotations

import msgspec
import pytest

from harness import wire
from harness.model import Cell, Outcome, Repetition, Timeouts, Trial


def repetition(outcome: Outcome, evidence: str) -> Repetition:
    return Repetition("c", "r1", 1, True, outcome, [evidence], {})


def trial(outcome: Outcome, *repetitions: Repetition) -> Trial:
    return Trial("t", 1, "plain", "inprocess", outcome, ["its own"], {}, {}, None, [*repetitions])


@pytest.mark.parametrize(
    ("outcomes", "worst"),
    [
        ([], "skipped"),
        (["ok"], "ok"),
        (["ok", "unsupported"], "unsupported"),
        (["ok", "skipped"], "skipped"),
        (["wrong", "skipped"], "wrong"),
        (["failed", "ok", "timeout"], "failed"),
        (["wrong", "timeout"], "timeout"),
    ],
)
def test_the_worst_of_several_outcomes_counts(outcomes: list[str], worst: str) -> None:
    assert Outcome.worst([Outcome(each) for each in outcomes]).value == worst


def test_a_trial_has_the_outcome_and_evidence_of_its_worst_part() -> None:
    bad, good = repetition(Outcome.WRONG, "differs"), repetition(Outcome.OK, "")
    assert trial(Outcome.OK, bad, good).worst == (Outcome.WRONG, ["differs"])
    assert trial(Outcome.FAILED, bad, good).worst == (Outcome.FAILED, ["its own"])
    assert trial(Outcome.OK).worst == (Outcome.OK, ["its own"])


def test_a_repetitions_evidence_is_preferred_to_its_trials() -> None:
    bad = repetition(Outcome.FAILED, "the step's own message")
    assert trial(Outcome.FAILED, bad).worst == (Outcome.FAILED, ["the step's own message"])


def test_every_phase_has_a_limit() -> None:
    limits = Timeouts()
    for phase in (*wire.TRIAL_PHASES, *wire.REPETITION_PHASES):
        assert limits.of(phase) > 0


def test_the_phase_import_keeps_its_name_in_json() -> None:
    assert msgspec.json.decode(b'{"import": 5}', type=Timeouts).of("import") == 5
    assert b'"import":180.0' in msgspec.json.encode(Timeouts())


def test_values_are_frozen_and_strict() -> None:
    cell = Cell("c", "plain", "inprocess", 1, "chain")
    with pytest.raises(AttributeError):
        cell.workers = 2  # type: ignore[misc]
    with pytest.raises(msgspec.ValidationError, match="speed"):
        msgspec.convert({**msgspec.structs.asdict(cell), "speed": 1}, Cell)
