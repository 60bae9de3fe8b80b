"""Probes through the real machinery, with fakes that work, ignore, lie, break, or name others."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from harness.frameworks.adapter_file import read_adapter_file
from harness.frameworks.catalog import Framework
from harness.home import Home
from harness.model import ProbeVerdict, Verdict
from harness.probes.model import Probe
from harness.probes.registry import every
from harness.probing import outbound, trial
from harness.probing.plan import ProbePlan, probe_plan

from . import machinery

Prober = Callable[..., dict[str, ProbeVerdict]]


@pytest.fixture
def bystander() -> Iterator[subprocess.Popen[bytes]]:
    """Return a process outside every trial."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"]) as process:
        yield process
        process.kill()


@pytest.fixture
def probe(home: Home, tmp_path: Path, bystander: subprocess.Popen[bytes]) -> Iterator[Prober]:
    """Run probes of the fake in a mode; no process of it may be left afterwards."""
    folder = tmp_path / "adapters" / "probed"
    shutil.copytree(machinery.FAKES / "probed", folder)
    (folder / "bystander").write_text(str(bystander.pid))
    fake = Framework("probed", folder, read_adapter_file(folder / "adapter.toml"))

    def run(mode: str, *names: str, **changed: object) -> dict[str, ProbeVerdict]:
        probes = [msgspec.structs.replace(every()[name], **changed) for name in names]
        found = []
        for planned in plan_of(fake, mode, probes).trials:
            place = tmp_path / "trials" / planned.id
            found += trial.run(home, planned, place, outbound.library(home), {}, lambda done: None)
        return {each.probe: each for each in found}

    yield run
    assert bystander.poll() is None
    assert machinery.traces(tmp_path / "trials") == []


def plan_of(fake: Framework, mode: str, probes: list[Probe]) -> ProbePlan:
    return probe_plan(fake, mode, probes, {})


def test_working_behaviour_is_found_to_work(probe: Prober) -> None:
    found = probe("works", "retry", "cancel", "outside", "listening")
    assert {name: each.verdict for name, each in found.items()} == {
        "retry": "works",
        "cancel": "unsupported",
        "outside": "works",
        "listening": "works",
    }
    assert found["cancel"].link == "https://example.invalid/cancel"
    assert "3 attempts" in found["retry"].said


def test_warm_up_runs_once_for_all_hooks(probe: Prober) -> None:
    found = probe("works", "branch", "loop")
    assert {each.said for each in found.values()} == {"warmed up for ['works']"}


def test_an_ignored_setting_is_found_despite_the_frameworks_status(probe: Prober) -> None:
    found = probe("ignores", "retry", "timeout_sleep")
    assert found["retry"].verdict == "accepted but ignored"
    assert found["timeout_sleep"].verdict == "partly"
    assert "the body ran on for 8" in found["timeout_sleep"].said


def test_a_lie_about_a_lost_run_is_found(probe: Prober) -> None:
    """Killed in its middle, the fake says "success" without having done the rest."""
    found = probe("ignores", "kill_step", pipelines=2)["kill_step"]
    assert found.verdict != Verdict.WORKS.value
    assert "never" in found.said


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("retry", "KeyError"),
        ("loop", "SystemExit"),
        ("branch", "died"),
        ("type_mismatch", "Out of range float"),
        ("dynamic_fan_out", "has no hook"),
        ("timeout_sleep", "stopped after"),
    ],
)
def test_a_broken_hook_is_inconclusive(probe: Prober, name: str, words: str) -> None:
    found = probe("breaks", name, timeout_s=3.0)[name]
    assert found.verdict == Verdict.INCONCLUSIVE.value
    assert words in found.said


def test_output_of_a_broken_hook_is_evidence(probe: Prober) -> None:
    found = probe("breaks", "timeout_sleep", timeout_s=3.0)["timeout_sleep"]
    assert "hanging now" in found.evidence


def test_probes_after_a_broken_one_are_run(probe: Prober) -> None:
    found = probe("breaks", "retry", "timeout_sleep", "sub_workflow", timeout_s=3.0)
    assert [each.verdict for each in found.values()] == ["inconclusive"] * 2 + ["partly"]


def test_a_killed_step_does_not_repeat_stored_results(probe: Prober) -> None:
    found = probe("works", "kill_step", pipelines=3)["kill_step"]
    assert found.verdict == "partly", found.said
    assert found.said.startswith("3 runs hit by 3 kills: ")
    assert "when resumed" in found.said
    assert "done twice" not in found.said
    assert any("killed: process" in line for line in found.evidence)


def test_a_step_survives_the_kill_of_its_worker(probe: Prober) -> None:
    found = probe("spawns", "kill_worker", pipelines=3)["kill_worker"]
    assert found.verdict == "works", found.said
    assert found.said.startswith("3 runs hit by 3 kills: 3 finished by themselves")
    assert "at least once" in found.said  # no process was left to report its end


def test_a_process_outside_the_trial_is_not_killed(
    probe: Prober, bystander: subprocess.Popen[bytes]
) -> None:
    found = probe("aims", "kill_step", pipelines=1)["kill_step"]
    assert found.verdict == Verdict.INCONCLUSIVE.value
    assert bystander.poll() is None


def test_a_killed_service_is_restarted(probe: Prober) -> None:
    found = probe("serves", "kill_scheduler", pipelines=3)["kill_scheduler"]
    assert found.verdict == "works", found.said
    assert found.said.startswith("3 runs hit by 2 kills: 3 finished by themselves")
    assert any("killed: sleeper" in line for line in found.evidence)


def test_runs_that_ended_before_the_kill_are_replaced(probe: Prober) -> None:
    found = probe("hasty", "kill_scheduler", pipelines=3)["kill_scheduler"]
    assert "3 runs hit by" in found.said


def test_runs_that_start_far_apart_are_hit_by_one_kill(probe: Prober) -> None:
    """Without waiting for the second run, the first would end before the kill, and be lost."""
    found = probe("far", "kill_scheduler", pipelines=4)["kill_scheduler"]
    assert "4 runs hit by 2 kills" in found.said
    assert not [line for line in found.evidence if line.startswith("kill_scheduler/p5")]


def test_a_size_that_does_not_end_is_reported(probe: Prober) -> None:
    """The hook is killed, and the sizes that it had reached still count."""
    found = probe("clogs", "deepest_chain", timeout_s=3.0)["deepest_chain"]
    assert found.verdict == Verdict.INCONCLUSIVE.value
    assert found.said == "10 steps reached; 100 did not end in time"


def test_a_size_that_the_engine_does_not_record_is_a_limit(
    probe: Prober,
) -> None:
    settings = {**every()["deepest_chain"].settings, "settle_s": 0.5}
    found = probe("forgets", "deepest_chain", settings=settings)["deepest_chain"]
    assert found.verdict == Verdict.PARTLY.value
    assert "100 failed: RuntimeError: the engine recorded 10 of 100 steps" in found.said


def test_service_and_client_are_killed_and_restarted(probe: Prober) -> None:
    found = probe("serves", "kill_all", pipelines=3)["kill_all"]
    assert found.said.startswith("3 runs hit by 2 kills: ")
    assert "when resumed" in found.said
    assert any("sleeper and the client" in line for line in found.evidence)


@pytest.mark.parametrize("mode", ["works", "serves"])
def test_probes_of_limits_have_their_own_process_and_services(mode: str) -> None:
    """A run that did not end in time continues in its engine, and would disturb others."""
    names = ("deepest_chain", "largest_value", "retry", "loop")
    trials = plan_of(machinery.fake("probed"), mode, [every()[name] for name in names]).trials
    alone = {each.id: len(each.probes) for each in trials if each.probes[0].stoppable}
    assert alone == {f"probed-{mode}-deepest-chain": 1, f"probed-{mode}-largest-value": 1}


def test_probes_answered_by_declarations_are_not_run() -> None:
    fake = machinery.fake("probed")
    chosen = [every()[name] for name in ("cron", "approval", "kill_database", "retry")]
    answers = plan_of(fake, "works", chosen).answers
    assert answers["cron"].judgement.verdict is Verdict.UNSUPPORTED
    assert answers["cron"].link == "https://example.invalid/clock"
    assert answers["approval"].judgement.verdict is Verdict.NEEDS
    assert answers["kill_database"].judgement.verdict is Verdict.NEEDS
    assert "retry" not in answers
    silent = plan_of(fake, "silent", chosen)
    assert silent.answers["retry"].judgement.verdict is Verdict.INCONCLUSIVE
    assert silent.trials == []
