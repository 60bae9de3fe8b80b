"""``harness doctor``: the lines of diagnoses, and the exit code."""

from __future__ import annotations

import json

import pytest

from harness.commands import doctor as doctor_command
from harness.commands.doctor import Diagnosis

OK = Diagnosis("uv", "bin/uv", "")
MISSING = Diagnosis("free disk", "3 MB", "harness clean --envs")
OPTIONAL = Diagnosis("git", "none", "apt-get install git", needed=False)


def diagnosed(monkeypatch: pytest.MonkeyPatch, *found: Diagnosis, as_json: bool = False) -> int:
    """Return the exit code of the command if the machine has these diagnoses."""
    monkeypatch.setattr(doctor_command, "_machine", lambda home: found)
    monkeypatch.setattr(doctor_command, "_services", tuple)
    monkeypatch.setattr(doctor_command, "_adapters", lambda home: ())
    return doctor_command.doctor(as_json)


def test_each_line_begins_with_its_mark_and_ends_with_its_fix(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert diagnosed(monkeypatch, OK, MISSING, OPTIONAL) == 1
    assert capsys.readouterr().out.splitlines() == [
        "ok        uv: bin/uv",
        "missing   free disk: 3 MB; fix: harness clean --envs",
        "optional  git: none; fix: apt-get install git",
    ]


def test_the_exit_code_is_zero_if_only_optional_things_are_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert diagnosed(monkeypatch, OK, OPTIONAL) == 0


def test_json_output_has_all_fields_of_each_diagnosis(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    diagnosed(monkeypatch, OPTIONAL, as_json=True)
    (found,) = json.loads(capfdbinary.readouterr().out)
    assert found == {
        "what": "git",
        "found": "none",
        "remedy": "apt-get install git",
        "needed": False,
    }
