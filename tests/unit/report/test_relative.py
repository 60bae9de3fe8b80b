"""Log paths relative to the current directory."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from harness.analysis.summary import summarise
from harness.model import Outcome
from harness.report.relative import logs_from_here, path_from_here
from harness.results import store
from tests.unit.made_plan import entry
from tests.unit.made_run import made

CHAIN = {"chain": entry("workload", parameters={"steps": 4})}


def test_a_log_below_the_current_directory_is_relative_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = made(tmp_path / "run", CHAIN)
    log = tmp_path / "run" / store.TRIALS / run.trials[0].id / "output.log"
    log.touch()
    failed = msgspec.structs.replace(
        run.trials[0], outcome=Outcome.TIMEOUT, evidence=["timeout in exit after 2 s"]
    )
    changed = msgspec.structs.replace(run, trials=[failed, *run.trials[1:]])
    found = summarise(tmp_path / "run", changed)
    assert [each.log for each in found.troubles] == [str(log)]
    monkeypatch.chdir(tmp_path)
    (trouble,) = logs_from_here(found).troubles
    assert trouble.log == str(log.relative_to(tmp_path))
    assert "\n" not in trouble.line()


def test_any_other_path_is_unchanged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert path_from_here("/elsewhere/output.log") == "/elsewhere/output.log"
    assert path_from_here("none") == "none"
