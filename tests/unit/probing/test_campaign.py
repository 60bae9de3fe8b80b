"""Campaign: probes that still have to be run, given earlier verdicts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from harness import host
from harness.analysis.summary import summarise
from harness.commands import run as run_command
from harness.errors import UsageError
from harness.home import Home
from harness.model import ProbeVerdict, Run, Verdict
from harness.probes.registry import every
from harness.probing import campaign, outbound, trial, verdicts
from harness.probing.declared import Declared
from harness.probing.plan import ProbePlan, ProbeTrial
from harness.results import store
from tests.unit.made_frameworks import framework
from tests.unit.made_plan import entry
from tests.unit.made_run import QUIET, made

FAST = framework("fast")
Ask = Callable[..., Run]


class Silent:
    """A receiver of progress that ignores it."""

    def probes(self, trial: str, done: int, of: int) -> None:
        """Ignore the report."""


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Replace trials by a fake; return the verdicts that it gives (else "works") and its trials."""
    fake: dict[str, Any] = {"verdicts": {}, "trials": []}

    def run(home: Home, planned: ProbeTrial, *_: object) -> list[ProbeVerdict]:
        names = [each.name for each in planned.probes]
        fake["trials"].append((planned.id, names))
        judged = {name: fake["verdicts"].get(name, "works") for name in names}
        return [
            ProbeVerdict("fast", "inprocess", n, v, "", trial=planned.id) for n, v in judged.items()
        ]

    monkeypatch.setattr(trial, "run", run)
    monkeypatch.setattr(outbound, "library", lambda home: None)
    monkeypatch.setattr(host, "measure_noise", lambda: QUIET)
    monkeypatch.setattr(verdicts, "over_all", lambda record, *_: record)
    return fake


@pytest.fixture
def ask(tmp_path: Path, found: Mapping[str, Any]) -> Ask:
    """Return a function that runs probes into a run, which is created if it does not exist."""

    def into(*names: str, folder: Path = tmp_path / "r") -> Run:
        folder.mkdir(parents=True, exist_ok=True)
        begun = (folder / store.RUN).exists()
        run = store.load(folder) if begun else campaign.begin(folder, {})
        known = every()
        probes = [known[name] for name in names]
        planned = ProbeTrial("fast-gentle", FAST, "inprocess", probes, Declared())
        questions = [ProbePlan(FAST, "inprocess", {}, [planned])]
        under_way = campaign.Campaign(Home(tmp_path), folder, questions, {}, run, {})
        campaign.proceed(under_way, known, Silent())
        return store.load(folder)

    return into


def verdicts_of(run: Run) -> dict[str, tuple[str, str]]:
    return {each.probe: (each.verdict, each.trial) for each in run.probes}


def test_a_further_probe_gets_a_folder_of_its_own(ask: Ask, found: Mapping[str, Any]) -> None:
    ask("retry")
    run = ask("retry", "timeout_sleep")
    assert found["trials"][1:] == [("fast-gentle+2", ["timeout_sleep"])]
    assert verdicts_of(run) == {
        "retry": ("works", "fast-gentle"),
        "timeout_sleep": ("works", "fast-gentle+2"),
    }


def test_known_verdicts_are_not_asked_again(ask: Ask, found: Mapping[str, Any]) -> None:
    ask("outside")  # judged over all trials of its mode
    assert set(verdicts_of(ask("retry"))) == {"outside", "retry"}
    assert ask("retry", "outside").status == "complete"
    assert len(found["trials"]) == 2, "a known verdict was asked again"


def test_an_inconclusive_probe_is_asked_again(ask: Ask, found: Mapping[str, Any]) -> None:
    found["verdicts"]["retry"] = Verdict.INCONCLUSIVE
    ask("retry", "cron")
    found["verdicts"].clear()
    assert verdicts_of(ask("retry", "cron")) == {
        "retry": ("works", "fast-gentle+2"),
        "cron": ("works", "fast-gentle"),
    }


def test_a_probe_about_a_mode_is_judged_over_all_of_its_trials(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask("outside")
    seen: list[tuple[Path, Sequence[Path]]] = []

    def over_all(
        record: ProbeVerdict, _: object, own: Path, beside: Sequence[Path]
    ) -> ProbeVerdict:
        seen.append((own, beside))
        return record

    monkeypatch.setattr(verdicts, "over_all", over_all)
    ask("retry")
    place = tmp_path / "r" / store.PROBES
    assert seen == [(place / "fast-gentle", [place / "fast-gentle+2"])]


def test_a_run_that_was_interrupted_stays_interrupted(ask: Ask, tmp_path: Path) -> None:
    folder = tmp_path / "measured"
    run = made(folder, {"overhead": entry("overhead")})
    store.save(folder, msgspec.structs.replace(run, status="interrupted"))
    after = ask("retry", folder=folder)
    assert (after.status, len(after.probes)) == ("interrupted", 1)


def test_a_run_of_probes_is_not_resumed_like_a_measured_run(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARNESS_HOME", str(tmp_path))
    folder = tmp_path / "results" / "r"
    store.save(folder, msgspec.structs.replace(ask("retry", folder=folder), status="interrupted"))
    with pytest.raises(UsageError, match="resume it: harness probe --into r"):
        run_command.resume("r", service_urls={}, keep=False, as_json=False)
    (warning,) = summarise(folder, store.load(folder)).warnings
    assert warning == "this run is not complete: harness probe --into r"
