"""Execution of a run with made-up trials: cells that run, cells that are skipped, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from harness import host, wire
from harness.errors import EnvError, HarnessError
from harness.execution import job as job_module
from harness.execution import run as runs
from harness.execution.job import Job, Task
from harness.frameworks import virtualenvs
from harness.frameworks.catalog import Framework
from harness.home import Home
from harness.model import Environment, Outcome, PlannedTrial, Repetition, Run, Spin, Timeouts, Trial
from harness.planning.profile import ExperimentSpec
from harness.planning.workload import WorkloadSource
from harness.results import store
from tests.unit.made_frameworks import PLAIN, framework
from tests.unit.made_plan import entry, plan_of

SLOW = framework("slow", inprocess=False)
SHAPES = {
    "chain": entry("workload", parameters={"steps": 2}),
    "wide": entry("overhead", "fan-out", parameters={"width": 2}),
    "tree": entry("overhead", "tree", parameters={"depth": 1}),
}
LADDER = {"g": entry("growth", points=[{"steps": n} for n in (2, 4, 8)], budget_s=3.0)}

#: Outcome of a task and seconds for each execution, by a function; None: the process dies.
Fate = Callable[[Job, Task], tuple[Outcome, float] | None]


def well(job: Job, task: Task) -> tuple[Outcome, float]:
    return Outcome.OK, 0.1


class Recorded:
    """Progress that records the jobs of a run."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []

    def trial(self, done: int, planned: PlannedTrial) -> None:
        """Ignore the start of a trial."""

    def phase(self, phase: str, run_id: str) -> None:
        """Ignore the phase."""

    def ended(self, result: Trial) -> None:
        """Ignore the end of a trial."""


@pytest.fixture
def proceed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Execute a run in which a fate replaces processes; return the run and the started jobs."""
    monkeypatch.setattr(virtualenvs, "plan", lambda *_: SimpleNamespace(folder=tmp_path))
    monkeypatch.setattr(job_module, "python_path", lambda *_: [])
    monkeypatch.setattr(host, "measure_noise", lambda: Spin([1], None, None))

    def proceed(
        experiments: Mapping[str, ExperimentSpec],
        fate: Fate = well,
        *,
        begun: Run | None = None,
        environment: Environment | HarnessError | None = None,
        **settings: Any,
    ) -> tuple[Run, list[Job]]:
        planned, suite = plan_of(experiments, [SLOW], **{"trials": 2, **settings})
        recorded = Recorded()

        def made_up(job: Job, on_phase: Any) -> Trial:
            recorded.jobs.append(job)
            return executed(job, fate)

        monkeypatch.setattr(runs.trial, "run", made_up)
        catalog: dict[str, Framework] = {"plain": PLAIN, "slow": SLOW}
        facts = Environment("k", "3.11", 1, 1.0, {}, 0.1)
        known = {"plain": facts, "slow": environment or facts}
        folder = tmp_path / "run"
        names = {spec.name for spec in suite.specs.values()}
        sources = {name: WorkloadSource(name, "m:f", None) for name in names}
        context = runs.RunContext(Home(tmp_path), folder, sources, suite.workloads, catalog, known)
        if begun is None:
            folder.mkdir()
            session = runs.begin(context, planned)
        else:
            session = runs.Session(context, begun)
        done = runs.proceed(session, recorded)
        assert store.load(folder) == done
        return done, recorded.jobs

    return proceed


def executed(job: Job, fate: Fate) -> Trial:
    """Write and return the results of a process, up to its end."""
    repetitions, outcome = [], Outcome.OK
    for position, (run_id, task, number) in enumerate(job.runs()):
        came = fate(job, task)
        if came is None:
            outcome = Outcome.FAILED
            repetitions.append(rep(task, run_id, number, Outcome.FAILED, 0.0))
            break
        result, seconds = came
        repetitions.append(rep(task, run_id, number, result, seconds, cold=position == 0))
        (job.folder / run_id).mkdir(parents=True, exist_ok=True)
        answer = wire.RepetitionResult(run_id, {"value": 1}, None, None, "settle")
        wire.write(job.folder / run_id / wire.RESULT, answer)
        if result is Outcome.TIMEOUT:
            outcome = result
            break
    planned = job.planned
    return Trial(
        planned.id, planned.number, planned.framework, planned.mode, outcome, [], {}, {}, None,
        repetitions,
    )  # fmt: skip


def rep(
    task: Task, run_id: str, number: int, outcome: Outcome, seconds: float, cold: bool = False
) -> Repetition:
    evidence = [] if outcome is Outcome.OK else [f"{outcome.value} it was"]
    phases = {"execute": round(seconds * 1e9)}
    return Repetition(task.cell, run_id, number, cold, outcome, evidence, phases)


def of(run: Run, name: str, number: int) -> list[tuple[str, Outcome, str]]:
    """Return workload, outcome and evidence of a framework's repetitions in a round."""
    return [
        (run.plan.cell(each.cell).workload, each.outcome, "".join(each.evidence))
        for trial in run.trials
        if (trial.framework, trial.number) == (name, number)
        for each in trial.repetitions
    ]


def test_every_cell_is_executed_as_planned_and_the_first_once_more(
    proceed: Callable[..., Any],
) -> None:
    run, jobs = proceed(SHAPES)
    assert run.status == "complete"
    assert [job.planned.id for job in jobs] == [planned.id for planned in run.plan.order]
    for job in jobs:
        assert [task.repetitions for task in job.tasks] == [3, 2, 2]
        assert job.tasks[0].key == "chain-steps2"


def test_the_first_output_of_plain_becomes_the_oracle(proceed: Callable[..., Any]) -> None:
    _, jobs = proceed(SHAPES)
    assert {task.oracle is None for task in jobs[0].tasks} == {True}
    for job in jobs[1:]:
        assert [task.oracle for task in job.tasks] == [{"value": 1}] * 3


def test_cells_without_an_oracle_are_skipped(proceed: Callable[..., Any]) -> None:
    def fate(job: Job, task: Task) -> tuple[Outcome, float]:
        bad = job.framework is PLAIN and task.key.startswith("tree")
        return (Outcome.WRONG if bad else Outcome.OK), 0.1

    run, jobs = proceed(SHAPES, fate)
    for job in jobs[1:]:
        assert [task.key for task in job.tasks if task.key.startswith("tree")] == []
    reasons = {why for _, outcome, why in of(run, "slow", 1) if outcome is Outcome.SKIPPED}
    assert reasons == {"plain Python itself has no valid output of tree-depth1 to compare with"}


def test_a_process_that_dies_is_followed_by_one_for_the_rest(proceed: Callable[..., Any]) -> None:
    def fate(job: Job, task: Task) -> tuple[Outcome, float] | None:
        return None if job.framework is SLOW and task.key.startswith("chain") else (Outcome.OK, 0.1)

    run, jobs = proceed(SHAPES, fate, trials=1)
    ids = [job.planned.id for job in jobs if job.framework is SLOW]
    assert ids == ["01-slow-inprocess-p1", "01-slow-inprocess-p1+2"]
    assert [task.repetitions for task in jobs[-1].tasks] == [3, 2], "with a cold one of its own"
    outcomes = {key: outcome for key, outcome, _ in of(run, "slow", 1)}
    assert outcomes == {
        "chain-steps2": Outcome.FAILED,
        **dict.fromkeys(("fan-out-width2", "tree-depth1"), Outcome.OK),
    }


def test_a_cell_that_timed_out_is_skipped_and_the_next_one_runs_cold(
    proceed: Callable[..., Any],
) -> None:
    def fate(job: Job, task: Task) -> tuple[Outcome, float]:
        late = job.framework is SLOW and task.key.startswith("chain")
        return (Outcome.TIMEOUT if late else Outcome.OK), 0.1

    run, jobs = proceed(SHAPES, fate)
    (second,) = [job for job in jobs if job.framework is SLOW and job.planned.number == 2]
    assert [task.repetitions for task in second.tasks] == [3, 2]
    left_out = [each for each in of(run, "slow", 2) if each[1] is Outcome.SKIPPED]
    message = "not tried again after trial 1: timeout it was"
    assert left_out == [("chain-steps2", Outcome.SKIPPED, message)] * 2


def test_cells_above_a_failed_rung_are_skipped_in_every_round(proceed: Callable[..., Any]) -> None:
    def fate(job: Job, task: Task) -> tuple[Outcome, float]:
        late = job.framework is SLOW and task.key == "chain-steps4"
        return (Outcome.TIMEOUT if late else Outcome.OK), 0.1

    run, jobs = proceed(LADDER, fate)
    tried = [[task.key for task in job.tasks] for job in jobs if job.framework is SLOW]
    assert tried == [["chain-steps2", "chain-steps4", "chain-steps8"], ["chain-steps2"]]
    first = {key: why for key, _, why in of(run, "slow", 1)}
    assert first["chain-steps8"] == "not tried, because chain-steps4-r1 did not end well"
    second = {key: why for key, _, why in of(run, "slow", 2)}
    assert second["chain-steps8"] == f"not tried again after trial 1: {first['chain-steps8']}"


def test_a_budget_holds_across_processes(proceed: Callable[..., Any]) -> None:
    """The smaller cell of this round may have been executed by an earlier process."""

    def fate(job: Job, task: Task) -> tuple[Outcome, float] | None:
        if job.framework is SLOW and task.key == "chain-steps4":
            return Outcome.OK, 2.0
        return Outcome.OK, 0.1

    run, _ = proceed(LADDER, fate, trials=1)
    whole = next(trial for trial in run.trials if trial.framework == "slow")
    complete = [each for each in whole.repetitions if "steps8" not in each.cell]
    part = Trial(
        whole.id, 1, "slow", "inprocess", Outcome.OK, [], {}, {}, None, complete
    )  # as it is recovered after a kill
    others = [trial for trial in run.trials if trial.framework != "slow"]
    cut_off = msgspec.structs.replace(run, trials=[*others, part], status="interrupted")
    done, jobs = proceed(LADDER, fate, trials=1, begun=cut_off)
    assert jobs == []
    (*_, last) = of(done, "slow", 1)
    assert last[1] is Outcome.SKIPPED
    assert "took 2 s, so this would take about 4 s; the budget is 3 s" in last[2]


def test_a_failed_environment_fails_each_cell(
    proceed: Callable[..., Any],
) -> None:
    run, jobs = proceed(SHAPES, environment=EnvError("no wheel for it"))
    assert {job.framework.name for job in jobs} == {"plain"}
    found = of(run, "slow", 1)
    assert {(outcome, why) for _, outcome, why in found} == {
        (Outcome.FAILED, "failed in setup: no wheel for it")
    }
    assert len({key for key, _, _ in found}) == 3


def test_a_mode_that_a_framework_lacks_is_unsupported(proceed: Callable[..., Any]) -> None:
    run, jobs = proceed(SHAPES, mode="server")
    assert {job.framework.name for job in jobs} == {"plain"}
    assert {(outcome, why) for _, outcome, why in of(run, "slow", 2)} == {
        (Outcome.UNSUPPORTED, "has no mode server; its modes: inprocess")
    }


def test_an_interrupted_run_keeps_ended_trials_and_resumes_after_them(
    proceed: Callable[..., Any], tmp_path: Path
) -> None:
    def fate(job: Job, task: Task) -> tuple[Outcome, float]:
        if job.framework is SLOW:
            raise KeyboardInterrupt
        return Outcome.OK, 0.1

    with pytest.raises(KeyboardInterrupt):
        proceed(SHAPES, fate)
    cut_off = store.load(tmp_path / "run")
    assert cut_off.status == "interrupted"
    assert {trial.framework for trial in cut_off.trials} == {"plain"}
    done, jobs = proceed(SHAPES, begun=cut_off)
    assert done.status == "complete"
    assert [trial.id for trial in done.trials] == [planned.id for planned in done.plan.order]
    again = {job.planned.id for job in jobs} & {trial.id for trial in cut_off.trials}
    assert again == set()
    assert len(done.spins) == 1 + len(done.trials), "the host is looked at after each"


@pytest.mark.parametrize(
    ("phase", "run_id", "limit_s"),
    [
        ("execute", "chain-steps4-r1", 3.0),
        ("build", "chain-steps4-r1", Timeouts().build),
        ("idle", "", Timeouts().idle + 2.0),
    ],
)
def test_an_execution_is_held_to_its_budget(
    proceed: Callable[..., Any], phase: str, run_id: str, limit_s: float
) -> None:
    _, jobs = proceed(LADDER)
    slow = next(job for job in jobs if job.framework is SLOW)
    assert slow.limit_s(phase, run_id) == limit_s
    assert jobs[0].limit_s("execute", run_id) == Timeouts().execute, "the reference is not"
