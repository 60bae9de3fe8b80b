"""Comparison of two runs: changes between them, and the effect on each cell."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import msgspec
import pytest

from harness.analysis.comparison import Comparison, Pair, changes, compare
from harness.commands import compare as compare_command
from harness.frameworks.catalog import of_version
from harness.model import Cost, Outcome, Run, Spin
from harness.report.tables.comparison import print_comparison
from harness.results import store
from tests.unit.made_frameworks import framework
from tests.unit.made_plan import entry
from tests.unit.made_run import MS, Costs, Making, made

CHAIN = {"chain": entry("workload", parameters={"steps": 10})}
NULL = {"null": entry("null", parameters={"steps": 4}, frameworks=["plain", "null"], workers=[1])}
FAST = "fast-inprocess-p2-chain-steps10"


def a_run(folder: Path, making: Making | None = None, **settings: Any) -> tuple[Path, Run]:
    options = {"controls": NULL, "trials": 6, **settings}
    experiments = options.pop("experiments", CHAIN)
    return folder, made(folder, experiments, making, **options)


def of_fast(comparison: Comparison) -> Pair:
    (pair,) = [each for each in comparison.pairs if each.cell.startswith("fast")]
    return pair


def changed(run: Run, **fields: Any) -> Run:
    return msgspec.structs.replace(run, **fields)


def test_two_equal_runs_are_a_tie_without_changes(tmp_path: Path) -> None:
    found = compare(a_run(tmp_path / "a"), a_run(tmp_path / "b"))
    assert (found.before, found.after, found.changes) == ("a", "b", [])
    assert (found.only_before, found.only_after) == ([], [])
    assert of_fast(found).verdict == "tie"
    assert {pair.ratio.value for pair in found.pairs if pair.ratio} == {1.0}
    assert {pair.cell.split("-")[0] for pair in found.pairs} == {"plain", "fast"}


@pytest.mark.parametrize(
    ("before_ms", "after_ms", "verdict"), [(1, 4, "slower"), (4, 1, "faster"), (2, 2, "tie")]
)
def test_a_higher_cost_per_step_is_slower(
    tmp_path: Path, before_ms: int, after_ms: int, verdict: str
) -> None:
    one = a_run(tmp_path / "a", Making({"fast": Costs(step_ns=before_ms * MS)}))
    other = a_run(tmp_path / "b", Making({"fast": Costs(step_ns=after_ms * MS)}))
    pair = of_fast(compare(one, other))
    assert pair.ratio is not None
    assert pair.ratio.value == pytest.approx((1 + after_ms) / (1 + before_ms))
    assert pair.before_s is not None
    assert pair.before_s.value == pytest.approx(10 * (1 + before_ms) / 1e3)
    assert pair.verdict == verdict


def test_a_slower_host_does_not_make_a_framework_slower(tmp_path: Path) -> None:
    costs = {"fast": Costs(step_ns=MS)}
    one = a_run(tmp_path / "a", Making(costs))
    other = a_run(tmp_path / "b", Making(costs, pace=dict.fromkeys(range(1, 7), 3)))
    found = compare(one, other)
    pair = of_fast(found)
    assert pair.ratio is not None
    assert pair.to_plain is not None
    assert (pair.ratio.value, pair.to_plain.value) == pytest.approx((3, 1))
    assert pair.verdict == "tie"
    plain = [each for each in found.pairs if each.cell.startswith("plain")]
    assert {each.verdict for each in plain} == {""}, (
        "the host's speed is not a verdict on plain Python"
    )
    assert [each.ratio.value for each in plain if each.ratio] == pytest.approx([3] * len(plain))
    assert {each.to_plain for each in plain} == {None}


def test_a_difference_within_the_null_spread_is_a_tie(tmp_path: Path) -> None:
    off = {"null": Costs(step_ns=MS // 2)}  # half as much again
    one = a_run(tmp_path / "a", Making({"fast": Costs(step_ns=0)}))
    other = a_run(tmp_path / "b", Making({"fast": Costs(step_ns=MS // 4), **off}))
    found = compare(one, other)
    assert found.null_spread == pytest.approx(math.log(1.5)), "the larger of both"
    pair = of_fast(found)
    assert pair.to_plain is not None
    assert pair.to_plain.value == pytest.approx(1.25)
    assert pair.verdict == "tie"


def test_verdicts_are_empty_without_a_null_in_both_runs(tmp_path: Path) -> None:
    one = a_run(tmp_path / "a", Making({"fast": Costs(step_ns=9 * MS)}))
    found = compare(one, a_run(tmp_path / "b", controls={}))
    assert found.null_spread is None
    pair = of_fast(found)
    assert pair.to_plain is not None
    assert pair.verdict == ""


def test_a_cell_that_is_not_ok_is_not_compared(tmp_path: Path) -> None:
    other = a_run(tmp_path / "b", Making(fates={FAST: (Outcome.FAILED, "no")}))
    pair = of_fast(compare(a_run(tmp_path / "a"), other))
    assert pair.outcomes == (Outcome.OK, Outcome.FAILED)
    assert (pair.ratio, pair.to_plain, pair.verdict) == (None, None, "")


def test_cells_of_only_one_run_are_named(tmp_path: Path) -> None:
    more = {**CHAIN, "wide": entry("overhead", "fan-out", parameters={"width": 2})}
    found = compare(a_run(tmp_path / "a", experiments=more), a_run(tmp_path / "b", workers=1))
    assert FAST in found.only_before
    assert "fast-inprocess-p2-fan-out-width2" in found.only_before
    assert found.only_after == ["fast-inprocess-p1-chain-steps10"]
    assert not any("null" in cell for cell in [*found.only_before, *found.only_after])


def test_another_version_is_a_change_of_the_same_cell(tmp_path: Path) -> None:
    one = a_run(tmp_path / "a", Making(versions={"fast@1.0": {"fast": "1.0"}}), chosen=["fast@1.0"])
    other = a_run(
        tmp_path / "b", Making(versions={"fast@2.0": {"fast": "2.0"}}), chosen=["fast@2.0"]
    )
    found = compare(one, other)
    pair = of_fast(found)
    assert (pair.before, pair.after) == ("fast@1.0 1.0", "fast@2.0 2.0")
    assert [(c.what, c.before, c.after) for c in found.changes] == [("fast: fast", "1.0", "2.0")]


def test_two_versions_in_one_run_keep_their_labels(tmp_path: Path) -> None:
    both = ["fast@1.0", "fast@2.0"]
    found = compare(a_run(tmp_path / "a", chosen=both), a_run(tmp_path / "b", chosen=both))
    pairs = [each for each in found.pairs if each.cell.startswith("fast")]
    assert [(p.before.split()[0], p.after.split()[0]) for p in pairs] == [
        ("fast@1.0", "fast@1.0"),
        ("fast@2.0", "fast@2.0"),
    ]


def test_changes_name_the_label_if_a_run_has_two_versions(tmp_path: Path) -> None:
    versions = [of_version(framework("fast"), each) for each in ("1.0", "2.0")]
    one = a_run(tmp_path / "a", chosen=versions)
    trials = [
        changed(each, versions={**each.versions, "fast": "3"})
        if each.framework == "fast@1.0"
        else each
        for each in one[1].trials
    ]
    found = changes(one[1], changed(one[1], trials=trials))
    assert [(each.what, each.after) for each in found] == [("fast@1.0: fast", "3")]


def test_a_version_that_differs_between_trials_is_a_change(tmp_path: Path) -> None:
    _, run = a_run(tmp_path / "a")
    trials = [
        changed(each, versions={**each.versions, "fast": "9"}) if each.number == 2 else each
        for each in run.trials
    ]
    said = {each.what: each.after for each in changes(run, changed(run, trials=trials))}
    assert said["fast: fast"] == "1.0 and 9"


def test_uncommitted_code_is_a_change(tmp_path: Path) -> None:
    _, run = a_run(tmp_path / "a")
    assert [each.what for each in changes(run, changed(run, code="other"))] == ["code"]


def test_everything_that_may_explain_a_difference_is_a_change(tmp_path: Path) -> None:
    _, run = a_run(tmp_path / "a")
    host = msgspec.structs.replace(run.host, cores=8)
    timeouts = msgspec.structs.replace(run.plan.timeouts, execute=5.0)
    plan = msgspec.structs.replace(run.plan, seed=8, timeouts=timeouts)
    noisy = [Spin([100] * 5, None, None), Spin([200] * 5, None, None)]
    settings = {"fast/inprocess": {"DEBUG": "1"}}
    other = changed(run, host=host, plan=plan, spins=noisy, commit=None, settings=settings)
    assert {(c.what, c.before, c.after) for c in changes(run, other)} == {
        ("host cores", "4", "8"),
        ("host is noisy", "no", "yes"),
        ("commit", "abc", "none"),
        ("fast/inprocess: DEBUG", "", "1"),
        ("plan seed", "7", "8"),
        ("timeout execute", "900.0", "5.0"),
    }
    assert changes(run, run) == []


def test_a_printed_comparison_fits_80_columns_and_escapes_markup(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = a_run(tmp_path / "a", Making({"fast": Costs(step_ns=9 * MS)}), workers=1)
    _, run = a_run(tmp_path / "b", Making({"fast": Costs(step_ns=MS)}))
    host = msgspec.structs.replace(run.host, processor="[bold]fast[/bold] " * 9)
    print_comparison(compare(one, (tmp_path / "b", changed(run, host=host))))
    print_comparison(compare(one, one))
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 80
    assert "[bold]" in out
    assert "only before" in out
    assert "host, versions, settings and plan are the same" in out


def test_the_command_prints_tables_or_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: Any
) -> None:
    monkeypatch.setenv("HARNESS_HOME", str(tmp_path))
    for name in ("a", "b"):
        a_run(tmp_path / "results" / name, Making({"fast": Costs(step_ns=MS)}))
    assert compare_command.compare("a", "b", as_json=False) == 0
    assert b"a (before)" not in capfdbinary.readouterr().out, "nothing changed"
    assert compare_command.compare("a", str(tmp_path / "results" / "b"), as_json=True) == 0
    shown = msgspec.json.decode(capfdbinary.readouterr().out, type=Comparison)
    assert of_fast(shown).verdict == "tie"
    (tmp_path / "results" / "b" / store.RUN).write_text("{}")
    with pytest.raises(Exception, match="is damaged"):
        compare_command.compare("a", "b", as_json=False)


METG = {"metg": entry("metg", parameters={"steps": 3, "body": "spin"}, workers=[1])}


@pytest.mark.parametrize(
    ("before_ms", "after_ms", "verdict"), [(8, 32, "larger"), (32, 8, "smaller"), (8, 8, "tie")]
)
def test_metg_of_two_runs_is_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], before_ms: int, after_ms: int, verdict: str
) -> None:
    found = compare(
        *(metg_run(tmp_path / str(n), ms) for n, ms in enumerate((before_ms, after_ms)))
    )
    (shift,) = [each for each in found.shifts if each.framework == "fast"]
    assert (shift.mode, shift.workers) == ("inprocess", 1)
    assert shift.before_s is not None
    assert shift.after_s is not None
    # At half efficiency a step takes twice what the framework adds.
    assert shift.before_s.value == pytest.approx(2e-3 * before_ms, rel=0.05)
    assert shift.ratio == pytest.approx(after_ms / before_ms, rel=0.05)
    assert shift.verdict == verdict
    print_comparison(found)
    said = capsys.readouterr().out
    assert max(map(len, said.splitlines())) <= 80
    assert any(line.split()[:1] == ["fast"] and verdict in line for line in said.splitlines())


def metg_run(folder: Path, step_ms: int) -> tuple[Path, Run]:
    making = Making({"fast": Costs(step_ns=step_ms * MS)})
    costs = {"fast-inprocess-p1": Cost(step_ms * 1e-3, 0.0)}
    return a_run(folder, making, experiments=METG, sweep_costs=costs)


def test_runs_without_a_common_cell_are_told_apart_from_equal_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = compare(*(metg_run(tmp_path / str(n), 8) for n in range(2)))
    print_comparison(msgspec.structs.replace(found, pairs=[]))
    assert "no cell is in both runs" in capsys.readouterr().out
