"""Contract check: a trial that shows whether an adapter does what the contract requires."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from harness import wire
from harness.execution import trial
from harness.execution.job import Job, Task, make_job
from harness.frameworks import virtualenvs
from harness.frameworks.adapter_file import Mode
from harness.home import Home
from harness.model import Outcome, PlannedTrial, Repetition, Timeouts, Trial
from harness.results.journal import Event, most_at_once, read_events
from workloads import failing, kinds, patterns
from workloads.dag import Workload
from workloads.execute import run_serially

_FAILING = "a failed step fails the run"
_CHAIN = "a chain keeps its order"
_BESIDE = "steps run side by side as adapter.toml says"
#: Long enough for two steps to overlap: a busy scheduler starts one every second or two.
_BESIDE_S, _ALONE_S = 3.0, 0.5
#: Cases executed twice in one process: the second time shows state left by the first.
_TWICE = (_CHAIN, _FAILING)
_PODS_S = 900.0  # a pod for each step takes seconds to start, and may be queued


class ContractFinding(msgspec.Struct, frozen=True):
    """One requirement of the contract, and whether the adapter met it."""

    what: str
    kept: bool
    evidence: str


def cases(workers: int) -> dict[str, Workload]:
    """Return the workloads that an adapter has to execute correctly, by requirement."""
    seconds = _BESIDE_S if workers > 1 else _ALONE_S
    return {
        "values of every kind arrive unchanged": kinds.kinds(),
        _CHAIN: patterns.chain(steps=5),
        "a fan-out runs every branch": patterns.fan_out(width=3),
        "a fan-in gets every result": patterns.fan_in(width=3),
        "diamonds and random graphs keep their order": patterns.layered(layers=3, width=3),
        "100 KB travel as a value": patterns.chain(steps=3, body="payload", size=100_000),
        "a workload of a single step runs": patterns.chain(steps=1),
        # Steps without a common upstream: Dask may run those with one where its result is.
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
    """Return the job of the one trial that holds all cases."""
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
    """Return one finding for each requirement of the contract, from the result of that trial."""
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
            ContractFinding(counted if counts - {None} else "the engine has no store", True, "")
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
    """Return how adapter.toml and the steps of that execution contradict each other."""
    events = read_events(asked.folder / run_id / wire.EVENTS)
    return contradiction(asked.mode, asked.planned.workers, events)


def _of_failing(repetition: Repetition) -> str:
    evidence = "; ".join(repetition.evidence)
    if repetition.outcome is Outcome.FAILED and failing.MESSAGE in evidence:
        return ""
    if repetition.outcome is Outcome.FAILED:
        return f"{repetition.run_id}: failed, but not with the step's error: {evidence}"
    return f"{repetition.run_id}: run() must raise when a step fails; {evidence or 'it returned'}"


def _answer(workload: Workload) -> dict[str, object]:
    if workload.name == "kinds":
        return kinds.EXPECTED
    if workload.name == "failing":
        return {}
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
    """Run the check, and return the findings and the folder that holds the log."""
    folder = home.temporary(f"contract-{venv.framework.name}")
    asked = job(home, venv, mode, folder, workers, service_urls)
    return findings(asked, trial.run(asked, on_phase)), folder


def contradiction(mode: Mode, workers: int, events: Sequence[Event]) -> str:
    """Return how ``events`` contradict adapter.toml's ``mode``; an empty text if they do not.

    ``events`` are attempts at more than ``workers`` independent steps, each long enough to overlap
    another.
    """
    at_once = most_at_once(events)
    if not mode.parallel and at_once > 1:
        return f"adapter.toml says parallel = false, but {at_once} steps ran at once"
    if mode.parallel and workers > 1 and at_once <= 1:
        return f"adapter.toml says parallel = true, but no two of {len(events)} steps ran at once"
    if at_once > workers:
        return f"{at_once} steps ran at once, with workers = {workers}"
    seen = isolation(events)
    # A pod is a process too, perhaps with the same pid as another pod's.
    if mode.isolation not in (seen, "pod"):
        return f'adapter.toml says isolation = "{mode.isolation}", but it was "{seen}"'
    return ""


def isolation(events: Sequence[Event]) -> str:
    """Return the isolation seen between steps: ``process``, ``thread`` or ``none``."""
    if len({(event.host, event.pid) for event in events}) > 1:
        return "process"
    return "thread" if len({event.thread for event in events}) > 1 else "none"
