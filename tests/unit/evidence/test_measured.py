"""Readings from a run with known times, from a set-up and from an adapter's files."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from harness.analysis.summary import summarise
from harness.evidence import effort, figure, measured
from harness.frameworks.catalog import of_python
from harness.matrix.model import Reading
from harness.model import Environment, Outcome, Run
from harness.stats import Estimate
from tests.unit.made_frameworks import PLAIN, framework
from tests.unit.made_plan import entry
from tests.unit.made_run import MS, Costs, Making, made
from tests.unit.made_setup_cost import COST

EXPERIMENTS = {
    "overhead": entry(
        "overhead",
        parameters={"steps": 10},
        points=[{"body": "empty"}, {"body": "spin", "seconds": 0.01}],
    ),
    "growth": entry("growth", points=[{"steps": n} for n in (4, 8, 16, 32)]),
    "throughput": entry("throughput", "fan-out", points=[{"width": 4}, {"width": 8}]),
}


def of(folder: Path, run: Run) -> dict[tuple[str, str, str], Reading]:
    found = measured.of_run(f"results/{run.id}", run, summarise(folder, run))
    keys = [(each.framework, each.mode, each.indicator) for each in found]
    assert len(set(keys)) == len(keys)
    return dict(zip(keys, found, strict=True))


@pytest.fixture
def run(tmp_path: Path) -> tuple[Path, Run]:
    making = Making(costs={"fast": Costs(step_ns=3 * MS)}, pace={2: 1})
    return tmp_path / "r", made(tmp_path / "r", EXPERIMENTS, making)


def test_an_injected_cost_is_read_with_its_trials(run: tuple[Path, Run]) -> None:
    found = of(*run)
    overhead = found["fast", "inprocess", "step-overhead"]
    assert overhead.value == pytest.approx(0.003)
    assert (overhead.low, overhead.high) == (pytest.approx(0.003), pytest.approx(0.003))
    assert overhead.sources == (
        "results/r/trials/01-fast-inprocess-p2",
        "results/r/trials/02-fast-inprocess-p2",
    )
    assert overhead.as_of == "2030-01-01"
    assert found["fast", "inprocess", "growth"].value == pytest.approx(1.0)
    # The widest of the points: a step of 4 ms, then eight on two workers.
    assert found["fast", "inprocess", "throughput"].value == pytest.approx(9 / 0.020)
    assert found["fast", "inprocess", "step-cpu"].value == pytest.approx(0.4 / 10)
    assert found["fast", "inprocess", "start"].value == pytest.approx(0.07)
    assert found["fast", "inprocess", "idle-memory"].value == 3_000_000
    assert found["fast", "inprocess", "peak-memory"].value == 9_000_000
    assert found["fast", "inprocess", "commands"].value == 2


def test_plain_python_is_read_with_as_many_workers(run: tuple[Path, Run]) -> None:
    found = of(*run)["plain", "inprocess", "step-overhead"]
    assert all(source.endswith("-p2") for source in found.sources)


def test_controls_have_no_readings(tmp_path: Path) -> None:
    controls = {"known-step": entry("overhead", parameters={"steps": 3}, frameworks=["fake"])}
    done = made(tmp_path / "r", EXPERIMENTS, controls=controls)
    assert {name for name, _, _ in of(tmp_path / "r", done)} == {"plain", "fast"}


def test_a_wrong_result_has_no_figures_and_lowers_the_valid_share(tmp_path: Path) -> None:
    cell = "fast-inprocess-p2-chain-steps10-bodyempty"
    making = Making(fates={cell: (Outcome.WRONG, "another answer")})
    found = of(tmp_path / "r", made(tmp_path / "r", EXPERIMENTS, making))
    wrong = found["fast", "inprocess", "step-overhead"]
    assert (wrong.value, wrong.note) == (None, "wrong: another answer")
    valid = found["fast", "inprocess", "valid"]
    assert valid.value is not None
    assert valid.low is not None
    assert valid.high is not None
    assert 0 < valid.low < valid.value < 1
    assert valid.high < 1
    assert found["plain", "inprocess", "valid"].value == 1


def test_the_valid_share_of_few_trials_has_a_wider_interval(tmp_path: Path) -> None:
    for trials in (2, 8):
        folder = tmp_path / str(trials)
        found = of(folder, made(folder, EXPERIMENTS, trials=trials))["fast", "inprocess", "valid"]
        assert found.text.endswith(f", {trials} trials")
        # Wilson's interval of a share of 1; n is trials, as executions of one are not independent.
        assert found.low == pytest.approx(1 / (1 + 1.959964**2 / trials))
        assert (found.value, found.high) == (1.0, pytest.approx(1.0))


def test_more_repetitions_per_trial_do_not_narrow_the_interval(tmp_path: Path) -> None:
    found = []
    for repetitions in (1, 9):
        folder = tmp_path / str(repetitions)
        done = made(folder, EXPERIMENTS, trials=3, repetitions=repetitions)
        found.append(of(folder, done)["fast", "inprocess", "valid"])
    few, many = found
    assert int(few.text.split(" of ")[0]) < int(many.text.split(" of ")[0])
    assert (few.low, few.high) == (many.low, many.high)


@pytest.mark.parametrize(("budget_s", "share"), [(8.0, 1.0), (None, 0.75)])
def test_an_execution_ended_at_its_budget_is_not_wrong(
    tmp_path: Path, budget_s: float | None, share: float
) -> None:
    ladder = entry("growth", points=[{"steps": n} for n in (4, 8, 16, 32)], budget_s=budget_s)
    fates = {"fast-inprocess-p2-chain-steps32": (Outcome.TIMEOUT, "timeout in execute after 8 s")}
    done = made(tmp_path / "r", {"growth": ladder}, Making(fates=fates), trials=2)
    trials = [
        msgspec.structs.replace(each, repetitions=[r for r in each.repetitions if not r.cold])
        for each in done.trials
    ]
    whole = msgspec.structs.replace(done, trials=trials)
    assert of(tmp_path / "r", whole)["fast", "inprocess", "valid"].value == share


@pytest.mark.parametrize(("step_ns", "above"), [(100_000 * MS, True), (0, False)])
def test_a_sweep_on_one_side_of_the_level_gives_one_bound(
    tmp_path: Path, step_ns: int, *, above: bool
) -> None:
    sweep = {"metg": entry("metg", parameters={"steps": 3, "body": "spin"}, workers=[1])}
    done = made(tmp_path / "r", sweep, Making(costs={"fast": Costs(step_ns=step_ns)}))
    found = of(tmp_path / "r", done)["fast", "inprocess", "granularity"]
    assert found.value is None
    assert found.known
    assert (found.low is not None, found.high is not None) == (above, not above)
    if found.low is not None:
        assert found.low > step_ns / 1e9
    if found.high is not None:
        assert found.high < 0.1
    assert f"{'larger' if above else 'smaller'} steps are needed" in found.note


def test_environments_are_read(tmp_path: Path) -> None:
    done = made(tmp_path / "r", EXPERIMENTS)
    there = {"fast": Environment("k", "3.11.7", 12, 34.5, {}, 0.1)}
    found = of(tmp_path / "r", msgspec.structs.replace(done, environments=there))
    assert found["fast", "", "packages"].value == 12
    assert found["fast", "", "disk"].value == 34.5


def test_portability_counts_interpreters_and_kinds_of_modes(tmp_path: Path) -> None:
    both = framework("fast", inprocess=False, server=True)
    other = of_python(both, "3.12")
    key = "chain-steps2"
    fates = {f"fast@py3.12-server-p2-{key}": (Outcome.UNSUPPORTED, "refused")}
    done = made(
        tmp_path / "r",
        {"portability": entry("portability", parameters={"steps": 2})},
        Making(fates=fates),
        [both],
        others=[other],
    )
    found = of(tmp_path / "r", done)
    assert found["fast", "", "modes-ran"].value == 2
    assert found["fast", "", "interpreters-ran"].value == 2
    assert found["fast", "", "interpreters-ran"].text == "3.12, ?"
    sources = found["fast", "", "interpreters-ran"].sources
    assert any("@py3.12" in each for each in sources)
    assert any("@py3.12" not in each for each in sources)
    assert not any("@" in name for name, _, _ in found)


def test_modes_and_interpreters_that_cannot_run_here_widen_the_interval(tmp_path: Path) -> None:
    """Cover a mode without its service, and an interpreter that the harness's pins refuse."""
    both = framework("fast", inprocess=False, cluster=True)
    others = [of_python(each, "3.13") for each in (both, PLAIN)]
    key, refused = "chain-steps2", (Outcome.UNSUPPORTED, "refused")
    cells = ("fast-cluster-p2", "fast@py3.13-inprocess-p1", "fast@py3.13-cluster-p2")
    cells += tuple(f"plain@py3.13-inprocess-p{workers}" for workers in (1, 2))
    done = made(
        tmp_path / "r",
        {"portability": entry("portability", parameters={"steps": 2})},
        Making(fates=dict.fromkeys((f"{cell}-{key}" for cell in cells), refused)),
        [PLAIN, both],
        others=others,
    )
    found = of(tmp_path / "r", done)
    for indicator, text in (
        ("modes-ran", "inprocess; not tried: cluster"),
        ("interpreters-ran", "?; not tried: 3.13"),
    ):
        reading = found["fast", "", indicator]
        assert (reading.value, reading.low, reading.high) == (1.5, 1, 2)
        assert reading.text == text


def test_a_figure_of_one_trial_may_be_half_or_twice_as_much() -> None:
    once = Estimate(4.0, None, None, 1, 3, None, False, 0)
    assert figure.interval(once, 0.0) == (2.0, 8.0)


def test_an_interval_is_at_least_as_wide_as_the_null_spread() -> None:
    sure = Estimate(4.0, 3.9, 4.1, 6, 12, 0.01, False, 0)
    low, high = figure.interval(sure, 0.0953101798)  # the logarithm of 1.1
    assert (low, high) == (pytest.approx(4 / 1.1), pytest.approx(4.4))
    below = Estimate(-4.0, -5.0, -3.9, 6, 12, 0.01, False, 0)
    assert figure.interval(below, 0.0) == (-5.0, -3.9)


def test_a_set_up_is_read_with_an_empty_cache_and_bounded_by_a_filled_one() -> None:
    found = effort.of_setup(COST, "results/setups/fast-server.json")
    assert (found.framework, found.mode, found.indicator) == ("fast", "server", "setup")
    assert (found.value, found.low, found.high) == (28.0, 3.5 / 2, 56.0)
    assert found.sources == ("results/setups/fast-server.json",)
    assert found.as_of == COST.measured


def test_an_adapters_files_are_read_for_each_mode(tmp_path: Path) -> None:
    folder = tmp_path / "fast"
    folder.mkdir()
    (folder / "adapter.py").write_text(
        '"""No code."""\nimport fastlib\n\nfastlib.go()\nfastlib.stop()\n'
    )
    both = framework("fast", inprocess=True, server=False)
    found = {
        (each.mode, each.indicator): each
        for each in effort.of_adapter(msgspec.structs.replace(both, folder=folder))
    }
    assert found["inprocess", "adapter-lines"].value == 3
    assert found["inprocess", "names"].value == 2
    assert found["server", "settings"].value == 0
    assert (found["inprocess", "parallel"].text, found["server", "parallel"].text) == ("yes", "no")
    assert found["inprocess", "names"].sources == ("adapters/fast/adapter.py",)
