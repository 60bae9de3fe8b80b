"""The adapter contract, executed: what every adapter has to do right before it is measured."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from harness import wire
from harness.execution import trial
from harness.execution.job import Job, Task, make_job
from harness.frameworks import virtualenvs
from harness.frameworks.catalog import Mode
from harness.home import Home
from harness.model import Outcome, PlannedTrial, Repetition, Timeouts, Trial
from harness.results.journal import Event, most_at_once, read_events
from workloads import failing, kinds, patterns
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


class ContractFinding(msgspec.Struct, frozen=True):
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
        _FAILING: failing.failing(),
    }


def job(
    home: Home,
    venv: virtualenvs.Venv,
    mode: str,
    folder: Path,
    workers: int,
    service_urls: Mapping[str, str],
) -> Job:
    """The one trial that holds all cases."""
    tasks = []
    for number, (what, workload) in enumerate(cases(workers).items(), 1):
        file = folder / f"case-{number}.json"
        wire.write(file, workload.to_json())
        name, answer = f"case_{number}", _answer(workload)
        tasks.append(Task(name, name, workload, file, workers, answer, 1 + (what in _TWICE)))
    framework = venv.framework
    return make_job(
        home,
        framework,
        venv.folder,
        PlannedTrial("check", 1, framework.name, mode, workers, [task.cell for task in tasks]),
        tasks,
        folder / "trial",
        timeouts=Timeouts(execute=_PODS_S if framework.mode(mode).isolation == "pod" else 120.0),
        service_urls=service_urls,
    )


def findings(asked: Job, result: Trial) -> list[ContractFinding]:
    """What the contract asks, one by one, as seen in that trial."""
    found = [_of_process(result)]
    for number, what in enumerate(cases(asked.planned.workers), 1):
        repetitions = [each for each in result.repetitions if each.cell == f"case_{number}"]
        judge = _of_failing if what == _FAILING else _of_good
        bad = next(filter(None, map(judge, repetitions)), "")
        if what == _BESIDE and repetitions and not bad:
            bad = _denied(asked, repetitions[0].run_id)
        found.append(ContractFinding(what, not bad, bad))
    left = [text for text in result.evidence if text.startswith("left running")]
    found.append(ContractFinding("no process is left behind", not left, "; ".join(left)))
    counts = {each.engine_count for each in result.repetitions if each.outcome is Outcome.OK}
    if counts:
        counted = "the engine's own store is counted"
        found.append(
            ContractFinding(counted if counts - {None} else "the engine keeps no store", True, "")
        )
    return found


def _of_process(result: Trial) -> ContractFinding:
    kept = result.outcome is Outcome.OK
    what = "imports, starts, stops and ends by itself"
    return ContractFinding(what, kept, "" if kept else "; ".join(result.evidence))


def _of_good(repetition: Repetition) -> str:
    if repetition.outcome is Outcome.OK:
        return ""
    return f"{repetition.run_id}: {repetition.outcome.value}: {'; '.join(repetition.evidence)}"


def _denied(asked: Job, run_id: str) -> str:
    """What adapter.toml says of the mode and the steps of that execution do not."""
    events = read_events(asked.folder / run_id / wire.EVENTS)
    return contradiction(asked.mode, asked.planned.workers, events)


def _of_failing(repetition: Repetition) -> str:
    said = "; ".join(repetition.evidence)
    if repetition.outcome is Outcome.FAILED and failing.MESSAGE in said:
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
    service_urls: Mapping[str, str],
) -> tuple[list[ContractFinding], Path]:
    """Run the check; the findings, and the folder that holds the log."""
    folder = home.temporary(f"contract-{venv.framework.name}")
    asked = job(home, venv, mode, folder, workers, service_urls)
    return findings(asked, trial.run(asked, on_phase)), folder


def contradiction(mode: Mode, workers: int, events: Sequence[Event]) -> str:
    """What does not agree with ``mode``, and why; empty if all does.

    ``events``: attempts at steps of which more than ``workers`` are independent, each long enough
    to be caught beside another.
    """
    at_once = most_at_once(events)
    if not mode.parallel and at_once > 1:
        return f"adapter.toml says parallel = false, but {at_once} steps ran at once"
    if mode.parallel and workers > 1 and at_once <= 1:
        return f"adapter.toml says parallel = true, but no two of {len(events)} steps ran at once"
    if at_once > workers:
        return f"{at_once} steps ran at once, where there are to be {workers} workers"
    seen = isolation(events)
    # A pod is a process too, perhaps of the same number as another pod's.
    if mode.isolation not in (seen, "pod"):
        return f'adapter.toml says isolation = "{mode.isolation}", but it was "{seen}"'
    return ""


def isolation(events: Sequence[Event]) -> str:
    """What was between steps: processes, threads of one process, or nothing."""
    if len({(event.host, event.pid) for event in events}) > 1:
        return "process"
    return "thread" if len({event.thread for event in events}) > 1 else "none"
