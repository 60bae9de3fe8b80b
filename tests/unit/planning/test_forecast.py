"""Forecast of a plan's duration."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.model import Cost, WorkloadSpec
from harness.planning import forecast
from harness.report.tables import plan as plan_table
from harness.results import store
from tests.unit.made_frameworks import framework
from tests.unit.made_plan import entry, plan_of
from tests.unit.made_run import made

TURNS = framework("turns", inprocess=False)
COSTS = {"turns-inprocess-p1": Cost(0.5, 3.0), "plain-inprocess-p1": Cost(0.0, 1.0)}
SLEEP = entry("workload", parameters={"steps": 4, "body": "sleep", "seconds": 1.5})


def test_a_trial_takes_its_start_its_idling_and_every_repetition() -> None:
    plan, _ = plan_of({"w": SLEEP}, [TURNS], trials=1)
    by_id = {each.framework: forecast.trial_s(plan, each, COSTS) for each in plan.order}
    # Two repetitions and a cold one, of four steps that sleep 1.5 s each; the service idles 2 s.
    assert by_id == {"plain": 1 + 2 + 3 * 4 * 1.5, "turns": 3 + 2 + 3 * 4 * (0.5 + 1.5)}
    assert forecast.plan_s(plan, COSTS) == sum(by_id.values())


def test_no_repetition_takes_more_than_its_budget() -> None:
    ladder = entry("growth", points=[{"steps": 2}, {"steps": 100}], budget_s=5.0, repetitions=1)
    plan, _ = plan_of({"g": ladder}, [TURNS], trials=1, idle_s=0.0)
    (own,) = [each for each in plan.order if each.framework == "turns"]
    assert forecast.trial_s(plan, own, COSTS) == 3 + 2 * 2 * 0.5 + 5


def test_workers_share_the_steps() -> None:
    wide = entry("workload", "fan-out", parameters={"width": 7, "body": "spin", "seconds": 1.0})
    plan, _ = plan_of({"w": wide}, [framework("fast")], trials=1, workers=4, idle_s=0.0)
    (own,) = [each for each in plan.order if each.framework == "fast"]
    assert forecast.trial_s(plan, own, {"fast-inprocess-p4": Cost(1.0, 0.0)}) == 3 * 8 * 2 / 4


@pytest.mark.parametrize(
    ("parameters", "work_s"),
    [
        ({"body": "empty", "seconds": 9.0}, 0.0),
        ({"body": "payload", "size": 9}, 0.0),
        ({"body": "spin", "seconds": 0.5}, 0.5),
        ({"body": "sleep", "seconds": 2}, 2.0),
    ],
)
def test_a_step_is_busy_as_long_as_its_body_says(
    parameters: dict[str, object], work_s: float
) -> None:
    assert forecast.work_s(WorkloadSpec("chain", dict(parameters), 1)) == work_s


def test_an_undeclared_step_time_is_guessed() -> None:
    assert forecast.work_s(WorkloadSpec("churn", {"rows": 5}, 18)) > 0


def test_known_costs_are_those_of_the_newest_run(tmp_path: Path) -> None:
    chain = {"w": entry("workload", parameters={"steps": 1})}
    for name, step_s in (("a", 1.0), ("b", 2.0)):
        made(tmp_path / name, chain, sweep_costs={"fast-inprocess-p2": Cost(step_s, 0.0)})
    made(tmp_path / "c", chain, sweep_costs={"other-inprocess-p2": Cost(3.0, 0.0)})
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / store.RUN).write_text("damaged")
    (tmp_path / "e").mkdir()
    known = forecast.known_costs(path for path in tmp_path.iterdir())
    assert {name: cost.step_s for name, cost in known.items()} == {
        "fast-inprocess-p2": 2.0,
        "other-inprocess-p2": 3.0,
    }


@pytest.mark.parametrize("costs", [{}, COSTS])
def test_a_plan_says_whether_it_guesses(
    costs: dict[str, Cost], capsys: pytest.CaptureFixture[str]
) -> None:
    plan, _ = plan_of({"w": SLEEP}, [TURNS], trials=2)
    plan_table.print_plan(plan, costs, 75.0)
    out = capsys.readouterr().out
    assert ("is a guess" in out) is (not costs)
    assert "about 75.0s in all" in out
    assert "4 trials, in this order" in out
    for each in plan.order:
        assert f"{each.id} " in out


def test_a_plan_fits_and_escapes_what_it_shows(capsys: pytest.CaptureFixture[str]) -> None:
    names = {f"[bold]experiment {n} of a long name[/bold]": SLEEP for n in range(3)}
    points = [{"width": 10**n, "body": "sleep", "seconds": 1.5} for n in range(4)]
    long = [framework("a_framework_with_quite_a_long_name_indeed@1.2.3rc4")]
    plan, _ = plan_of({**names, "wide": entry("overhead", "fan-out", points=points)}, long)
    plan_table.print_plan(plan, {}, 1.0)
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert "[bold]" in "".join(lines)
