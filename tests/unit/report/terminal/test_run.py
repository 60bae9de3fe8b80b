"""A run on a terminal: every kind of table, in 80 columns, without foreign markup."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.analysis.summary import summarise
from harness.model import Cost, Outcome
from harness.planning import profile
from harness.report.terminal import run as terminal_run
from tests.unit.made_plan import entry
from tests.unit.made_run import MS, Costs, Making, made

SIZES = (1000, 10_000, 100_000, 1_000_000)
SPIN = {"body": "spin", "seconds": 0.01}
EVERY = {
    "pipeline": entry("workload", parameters={"steps": 4}),
    "overhead": entry("overhead", points=[{"steps": 3}, {"steps": 5}]),
    "throughput": entry("throughput", "fan-out", parameters={"width": 9}),
    "latency": entry("latency", "layered", parameters={"layers": 2, "width": 3}),
    "metg": entry("metg", parameters={"steps": 3, "body": "spin"}, workers=[1]),
    "growth": entry("growth", points=[{"steps": n} for n in (2, 4, 8, 16)]),
    "payload": entry("payload", points=[{"size": n} for n in SIZES]),
    "strong": entry("strong", "fan-in", parameters=SPIN, workers=[1, 2]),
    "weak": entry(
        "weak", "fan-in", parameters=SPIN, points=[{"width": 3}, {"width": 7}], workers=[1, 2]
    ),
    "efficiency": entry("efficiency", "fan-out", parameters=SPIN),
}
FAST = Costs(run_ns=7 * MS, step_ns=12_345_678, byte_ns=17, cold_ns=99 * MS)


def printed(folder: Path, capsys: pytest.CaptureFixture[str], *given: Any, **more: Any) -> str:
    terminal_run.print_run(summarise(folder, made(folder, *given, **more)))
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 80
    return out


def test_every_kind_of_experiment_has_a_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    making = Making({"fast": FAST, "plain": Costs(byte_ns=1)}, pace={1: 1, 2: 2})
    controls = {"null": profile.control_profile().experiments["null"]}
    out = printed(
        tmp_path,
        capsys,
        EVERY,
        making,
        controls=controls,
        sweep_costs={"fast-inprocess-p1": Cost(16e-3, 0.0)},
    )
    for name, each in EVERY.items():
        assert f"{name}, mode inprocess: {each.about}" in " ".join(out.split())
    assert "plain Python over itself (negative control): 1.000" in out
    assert "44.0ms" in out, "METG: twice one and a half of 12.3 ms and a third of the run's 7 ms"


def test_known_figures_stand_in_their_columns(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    making = Making({"fast": Costs(run_ns=MS, step_ns=3 * MS, cold_ns=9 * MS)})
    out = printed(tmp_path, capsys, {"pipeline": EVERY["pipeline"]}, making)
    rows = [line.split() for line in out.splitlines()]
    (row,) = [row for row in rows if row[:4] == ["fast", "1.0", "2", "ok"]]
    # build, cold, warm and its interval, over plain, overhead of each step and of the run
    assert row[4:] == ["2.0ms", "26.0ms", "17.0ms", "0%", "4.25?", "3.2ms", "13.0ms"]


def test_a_failed_cell_has_no_figure_and_its_failure_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reason = "step s1: ValueError: [bold red]no[/bold red] " + "x" * 200
    fates = {"fast-inprocess-p2-chain-steps4": (Outcome.FAILED, reason)}
    run = made(tmp_path, {"pipeline": EVERY["pipeline"]}, Making(fates=fates), trials=1)
    terminal_run.print_run(summarise(tmp_path, run))
    lines = capsys.readouterr().out.splitlines()
    (row,) = [
        line
        for line in lines
        if line.startswith("fast") and "/" not in line[:6] and "failed" in line
    ]
    assert row.split()[3] == "failed"
    assert set(row.split()[4:]) == {"–"}
    (trouble,) = [line for line in lines if line.startswith("fast/inprocess failed, trial 1:")]
    assert reason.strip() in trouble


def test_long_names_are_folded_and_never_markup(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "a_framework_of_a_rather_long_name@1.2.3rc4"
    making = Making({name: FAST}, versions={name: {name: "1.2.3rc4"}})
    about = "[red]about[/red] " + "words " * 30
    experiments = {
        key: entry(each.estimates, each.workload, **rest(each)) for key, each in EVERY.items()
    }
    experiments["[bold]marked[/bold]"] = entry("workload")
    titled = {
        key: type(each)(**{**{f: getattr(each, f) for f in each.__struct_fields__}, "about": about})
        for key, each in experiments.items()
    }
    out = printed(tmp_path, capsys, titled, making, chosen=[name])
    assert "[red]about[/red]" in out
    assert "[bold]marked[/bold]" in out


def rest(each: Any) -> dict[str, Any]:
    return {"parameters": each.parameters, "points": each.points, "workers": each.workers}


def test_a_run_without_any_trial_yet_can_be_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import msgspec

    run = msgspec.structs.replace(made(tmp_path, EVERY), trials=[], spins=[], status="running")
    terminal_run.print_run(summarise(tmp_path, run))
    out = capsys.readouterr().out
    assert "this run is not complete" in out
    assert max(map(len, out.splitlines())) <= 80


def test_a_mode_has_a_table_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tests.unit.made_frameworks import framework

    both = [framework("served", server=True), "fast"]
    out = printed(tmp_path, capsys, {"pipeline": EVERY["pipeline"]}, chosen=both)
    assert "pipeline, mode server" in out
    assert "pipeline, mode inprocess" in out
