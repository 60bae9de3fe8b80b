"""The adapter contract, executed: what every adapter has to do right before it is measured."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from harness import wire
from harness.execution import trial
from harness.execution.job import Job, Task
from harness.frameworks import virtualenvs
from harness.home import Home, import_folder
from harness.model import Outcome, PlannedTrial, Repetition, Timeouts, Trial
from harness.results.journal import read_events
from harness.setup import claims
from workloads import faults, kinds, patterns
from workloads.dag import Workload
from workloads.execute import run_serially

_FAILING = "a failed step fails the run"
_CHAIN = "a chain keeps its order"
_BESIDE = "steps run side by side as adapter.toml says"
#: Long enough to be caught beside another: a busy scheduler starts one every second or two.
_BESIDE_S, _ALONE_S = 3.0, 0.5
#: Twice in one process: the second time shows what the first left behind.
_TWICE = (_CHAIN, _FAILING)
_PODS_S = 900.0  # a pod for each step takes seconds to start, and may have to wait for its turn


class Finding(msgspec.Struct, frozen=True):
    """One thing that the contract asks, and whether it was kept."""

    what: str
    kept: bool
    evidence: str


def cases(workers: int) -> dict[str, Workload]:
    """The workloads that an adapter has to get right, by what each shows."""
    seconds = _BESIDE_S if workers > 1 else _ALONE_S
    return {
        "values of every kind arrive unchanged": kinds.kinds(),
        _CHAIN: patterns.chain(steps=5),
        "a fan-out runs every branch": patterns.fan_out(width=3),
        "a fan-in gets every result": patterns.fan_in(width=3),
        "diamonds and random graphs keep their order": patterns.layered(layers=3, width=3),
        "100 KB travel as a value": patterns.chain(steps=3, body="payload", size=100_000),
        "a single step is a workload too": patterns.chain(steps=1),
        # Without a common upstream: what has one, Dask may keep where that one's result is.
        _BESIDE: patterns.fan_in(width=2 * workers, body="sleep", seconds=seconds),
        _FAILING: faults.failing(),
    }


def job(
    home: Home,
    venv: virtualenvs.Venv,
    mode: str,
    folder: Path,
    workers: int,
    given: Mapping[str, str],
) -> Job:
    """The one trial that holds all cases."""
    tasks = []
    for number, (what, workload) in enumerate(cases(workers).items(), 1):
        file = folder / f"case-{number}.json"
        wire.write(file, workload.to_json())
        name, answer = f"case_{number}", _answer(workload)
        tasks.append(Task(name, name, workload, file, workers, answer, 1 + (what in _TWICE)))
    framework = venv.framework
    return Job(
        planned=PlannedTrial(
            "check", 1, framework.name, mode, workers, [task.cell for task in tasks]
        ),
        framework=framework,
        tasks=tasks,
        timeouts=Timeouts(execute=_PODS_S if framework.mode(mode).isolation == "pod" else 120.0),
        folder=folder / "trial",
        venv=venv.folder,
        pythonpath=[import_folder(home, framework.folder)],
        given=given,
    )


def findings(asked: Job, result: Trial) -> list[Finding]:
    """What the contract asks, one by one, as seen in that trial."""
    found = [_of_process(result)]
    for number, what in enumerate(cases(asked.planned.workers), 1):
        repetitions = [each for each in result.repetitions if each.cell == f"case_{number}"]
        judge = _of_failing if what == _FAILING else _of_good
        bad = next(filter(None, map(judge, repetitions)), "")
        if what == _BESIDE and repetitions and not bad:
            bad = _denied(asked, repetitions[0].run_id)
        found.append(Finding(what, not bad, bad))
    left = [text for text in result.evidence if text.startswith("left running")]
    found.append(Finding("no process is left behind", not left, "; ".join(left)))
    counts = {each.engine_count for each in result.repetitions if each.outcome is Outcome.OK}
    if counts:
        counted = "the engine's own store is counted"
        found.append(Finding(counted if counts - {None} else "the engine keeps no store", True, ""))
    return found


def _of_process(result: Trial) -> Finding:
    kept = result.outcome is Outcome.OK
    what = "imports, starts, stops and ends by itself"
    return Finding(what, kept, "" if kept else "; ".join(result.evidence))


def _of_good(repetition: Repetition) -> str:
    if repetition.outcome is Outcome.OK:
        return ""
    return f"{repetition.run_id}: {repetition.outcome.value}: {'; '.join(repetition.evidence)}"


def _denied(asked: Job, run_id: str) -> str:
    """What adapter.toml says of the mode and the steps of that execution do not."""
    events = read_events(asked.folder / run_id / wire.EVENTS)
    return claims.denied(asked.mode, asked.planned.workers, events)


def _of_failing(repetition: Repetition) -> str:
    said = "; ".join(repetition.evidence)
    if repetition.outcome is Outcome.FAILED and faults.MESSAGE in said:
        return ""
    if repetition.outcome is Outcome.FAILED:
        return f"{repetition.run_id}: failed, but not by the step: {said}"
    return f"{repetition.run_id}: run() must raise when a step fails; it was {said or 'silent'}"


def _answer(workload: Workload) -> dict[str, object]:
    if workload.name == "kinds":
        return kinds.EXPECTED
    if workload.name == "failing":
        return {}  # it has none
    with tempfile.TemporaryDirectory() as folder:
        return workload.select(run_serially(workload, f"{folder}/events", f"{folder}/artifacts"))


def run(
    home: Home,
    venv: virtualenvs.Venv,
    mode: str,
    workers: int,
    on_phase: Callable[[str, str], None],
    given: Mapping[str, str],
) -> tuple[list[Finding], Path]:
    """Run the check; the findings, and the folder that holds the log."""
    folder = home.temporary(f"contract-{venv.framework.name}")
    asked = job(home, venv, mode, folder, workers, given)
    return findings(asked, trial.run(asked, on_phase)), folder
