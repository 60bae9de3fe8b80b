"""Summary of a run as reports show it: ok or not, warnings, troubles, starts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from harness.analysis.controls import Noise
from harness.analysis.summary import Summary, summarise
from harness.commands import show
from harness.model import Outcome, PlannedTrial, Run, Trial
from harness.report.build import caveats_of_several
from tests.unit.made_plan import entry
from tests.unit.made_run import Making, made

CHAIN = {"chain": entry("workload", parameters={"steps": 4})}
FAST = "fast-inprocess-p2-chain-steps4"


def shown(folder: Path, making: Making | None = None, **settings: Any) -> Summary:
    return summarise(folder, made(folder, CHAIN, making, **settings))


def replaced(folder: Path, run: Run, position: int, **changed: Any) -> Summary:
    """Return the summary of a run with one trial changed."""
    trials: list[Trial] = [*run.trials]
    trials[position] = msgspec.structs.replace(trials[position], **changed)
    return summarise(folder, msgspec.structs.replace(run, trials=trials))


def test_a_run_without_troubles_is_ok(tmp_path: Path) -> None:
    found = shown(tmp_path)
    assert found.ok
    assert (found.troubles, found.warnings) == ([], [])


@pytest.mark.parametrize(
    ("outcome", "ok", "troubled"),
    [
        ("skipped", True, False),
        ("unsupported", False, True),
        ("wrong", False, True),
        ("timeout", False, True),
        ("failed", False, True),
    ],
)
def test_a_cell_skipped_by_its_budget_is_not_a_trouble(
    tmp_path: Path, outcome: str, ok: bool, troubled: bool
) -> None:
    found = shown(tmp_path, Making(fates={FAST: (Outcome(outcome), "the reason")}))
    assert found.ok is ok
    assert bool(found.troubles) is troubled
    for trouble in found.troubles:
        assert trouble.what == "the reason"
        assert trouble.line().startswith(f"fast/inprocess {outcome}, trials 1, 2: the reason")
        again = "harness run --framework fast --mode inprocess --workload chain --param steps=4"
        assert trouble.retry.startswith(again) if outcome != "unsupported" else not trouble.retry
    assert len(found.troubles) == troubled, "a trouble that trials share is reported once"


def test_a_failed_process_is_a_trouble_although_its_figures_count(tmp_path: Path) -> None:
    run = made(tmp_path, CHAIN)
    found = replaced(tmp_path, run, -1, outcome=Outcome.FAILED, evidence=["exit code 4"])
    assert not found.ok
    assert [trouble.what for trouble in found.troubles] == ["exit code 4"]
    assert found.troubles[0].retry == "harness check plain --mode inprocess"
    rows = [row.outcome for each in found.experiments for row in each.rows]
    assert set(rows) == {Outcome.OK}


def test_a_failure_of_the_reference_has_no_command_to_check_an_adapter(tmp_path: Path) -> None:
    run = made(tmp_path, CHAIN)
    for trial_id in (run.plan.order[0].id, f"{run.plan.order[0].id}+2"):
        failed = {"id": trial_id, "outcome": Outcome.FAILED, "evidence": ["no"]}
        (trouble,) = replaced(tmp_path, run, 0, **failed).troubles
        assert trouble.retry == ""
        assert trouble.line().endswith(": no")


def test_an_incomplete_run_names_the_command_to_resume_it(tmp_path: Path) -> None:
    run = made(tmp_path, CHAIN)
    for status in ("running", "interrupted"):
        found = summarise(tmp_path, msgspec.structs.replace(run, status=status, trials=[]))
        assert found.warnings == [f"this run is not complete: harness run --resume {run.id}"]
        assert found.ok, "trials that have run so far are ok"


def test_more_workers_than_cores_is_a_warning(tmp_path: Path) -> None:
    found = shown(tmp_path, workers=9)
    assert found.warnings == ["up to 9 workers on 4 cores: they share them"]
    parallel = entry("efficiency", frameworks=["fake"], workers=[9])
    assert shown(tmp_path / "b", controls={"known": parallel}).warnings == []


def test_starts_are_per_framework_and_number_of_workers(tmp_path: Path) -> None:
    starts = {f"{each.framework}-{each.workers}": each for each in shown(tmp_path).starts}
    assert list(starts) == ["plain-1", "plain-2", "fast-2"] or set(starts) == {
        *("plain-1", "plain-2", "fast-2"),
    }
    for each in starts.values():
        values = (each.import_s, each.service_s, each.stop_s, each.idle_cpu_share)
        assert [value and value.value for value in values] == pytest.approx(
            [0.05, 0.02, 0.01, 0.02 / 2.0]
        )
        assert each.idle_pss_bytes is not None
        assert each.idle_pss_bytes.value == 3_000_000
        assert (each.processes, each.threads, each.source) == (6, 12, "cgroup v2")


def test_a_framework_that_failed_has_no_start(tmp_path: Path) -> None:
    run = made(tmp_path, CHAIN, trials=1)
    position = next(i for i, each in enumerate(run.trials) if each.framework == "fast")
    found = replaced(tmp_path, run, position, outcome=Outcome.FAILED, evidence=["no"])
    assert {each.framework for each in found.starts} == {"plain"}


def test_resources_that_were_not_measured_are_none(tmp_path: Path) -> None:
    run = made(tmp_path, CHAIN, trials=1, idle_s=0.0)
    trials = [msgspec.structs.replace(each, resources=None) for each in run.trials]
    found = summarise(tmp_path, msgspec.structs.replace(run, trials=trials))
    assert {each.idle_cpu_share for each in found.starts} == {None}
    assert {each.processes for each in found.starts} == {None}
    assert found.controls.harness_share is None


@pytest.mark.parametrize(
    ("outcome", "code"), [(Outcome.OK, 0), (Outcome.SKIPPED, 0), (Outcome.WRONG, 1)]
)
def test_the_exit_code_is_0_only_if_the_run_is_ok(
    tmp_path: Path, outcome: Outcome, code: int, capfdbinary: Any
) -> None:
    run = made(
        tmp_path,
        CHAIN,
        Making(fates={FAST: (outcome, "no")} if code or outcome is not Outcome.OK else {}),
    )
    assert show.finish(tmp_path, run, as_json=True) == code
    shown_run = json.loads(capfdbinary.readouterr().out)
    assert shown_run["run"] == run.id
    assert show.finish(tmp_path, run, as_json=False) == code


def test_a_summary_survives_json(tmp_path: Path) -> None:
    experiments = {
        **CHAIN,
        "growth": entry("growth", points=[{"steps": n} for n in (1, 2, 3, 4)]),
        "latency": entry("latency"),
        "strong": entry("strong", "fan-in", workers=[1, 2]),
        "payload": entry("payload", points=[{"size": n} for n in (1, 2, 3, 4)]),
    }
    found = summarise(tmp_path, made(tmp_path, experiments))
    assert msgspec.json.decode(msgspec.json.encode(found), type=Summary) == found


def test_the_rest_of_a_trial_belongs_to_that_trial() -> None:
    """Continue a trial that ended early with the cells that it did not reach."""
    from harness.execution.run import following

    planned = PlannedTrial("01-f", 1, "f", "inprocess", 1, ["a", "b", "c"])
    result = Trial("01-f", 1, "f", "inprocess", Outcome.FAILED, [], {}, {}, None, [])
    assert following(planned, result) == msgspec.structs.replace(planned, id="01-f+2")
    second = msgspec.structs.replace(planned, id="01-f+2", cells=["c"])
    third = following(second, result)
    assert third is not None
    assert (third.id, third.cells) == ("01-f+3", ["c"])


def test_noise_of_several_runs_is_one_warning(tmp_path: Path) -> None:
    quiet, *loud = (shown(tmp_path / name) for name in ("a", "b", "c"))
    noisy = [
        msgspec.structs.replace(
            each,
            controls=msgspec.structs.replace(each.controls, noise=Noise(by, 0.0, None, True)),
            warnings=[f"NOISY HOST: the same work varied by {by:.0%} during this run", "other"],
        )
        for each, by in zip(loud, (0.3, 0.5), strict=True)
    ]
    first, *others = caveats_of_several([quiet, *noisy])
    assert first.startswith("NOISY HOST: the same work varied by 30% to 50% during 2 of the 3 runs")
    assert others == [f"{each.run}: other" for each in noisy]
