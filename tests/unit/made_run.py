"""Simulated run on disk with known times: computed from a schedule, not from a clock."""

from __future__ import annotations

import heapq
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness import wire
from harness.frameworks.catalog import Framework
from harness.model import (
    SCHEMA,
    Cell,
    Cost,
    Host,
    Outcome,
    Plan,
    PlannedTrial,
    Repetition,
    Resources,
    Run,
    Spin,
    Trial,
    Usage,
)
from harness.planning.profile import ExperimentSpec
from harness.results import store
from tests.unit.made_frameworks import framework
from tests.unit.made_plan import plan_of
from workloads.dag import Step, Workload

MS = 1_000_000
EMPTY_NS = MS  #: own time of an empty step
BUILD_NS, RETURN_NS, SETTLE_NS = 2 * MS, 5 * MS, 7 * MS
IMPORT_NS, SERVICE_NS, STOP_NS = 50 * MS, 20 * MS, 10 * MS
EXECUTE = Usage(0.3, 1000, 4, 9, 400, peak_pss_bytes=5_000_000)
SETTLE = Usage(0.1, 200, 5, 8, 100)
QUIET = Spin([100, 100, 100, 100], 0.1, 1.0)


@dataclass(frozen=True)
class Costs:
    """Costs that a framework adds to the steps' own time, in nanoseconds."""

    run_ns: int = 0  #: before the first step
    step_ns: int = 0  #: before each step, on its worker
    byte_ns: int = 0  #: for each byte of ``size`` that a step takes from each upstream
    loss: float = 0.0  #: share of a worker's time that is idle, with several workers
    cold_ns: int = 0  #: before the first step in a fresh process


@dataclass(frozen=True)
class Making:
    """Deviations of a simulated run; by default there are none."""

    costs: Mapping[str, Costs] = field(default_factory=dict)  #: by framework
    pace: Mapping[int, int] = field(default_factory=dict)  #: by round: factor of all its times
    fates: Mapping[str, tuple[Outcome, str]] = field(default_factory=dict)  #: by cell
    versions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  #: by framework
    spins: Sequence[Spin] = (QUIET,)


def made(
    folder: Path,
    experiments: Mapping[str, ExperimentSpec],
    making: Making | None = None,
    chosen: Sequence[str | Framework] = ("fast",),
    *,
    controls: Mapping[str, ExperimentSpec] | None = None,
    sweep_costs: Mapping[str, Cost] | None = None,
    injected: Mapping[str, float] | None = None,
    **settings: Any,
) -> Run:
    """Plan experiments, simulate their execution, and save the files of such a run."""
    frameworks = [framework(each) if isinstance(each, str) else each for each in chosen]
    plan, suite = plan_of(
        experiments, frameworks, controls=controls, costs=sweep_costs, injected=injected, **settings
    )
    folder.mkdir(parents=True, exist_ok=True)
    store.save_workloads(folder, suite.workloads)
    making = making or Making()
    trials = [_trial(folder, plan, planned, suite.workloads, making) for planned in plan.order]
    run = Run(
        schema=SCHEMA,
        id=folder.name,
        status="complete",
        created="2030-01-01T00:00:00+00:00",
        harness="0",
        commit="abc",
        code="0",
        host=Host("Linux 6.1", "x86_64", "a processor", 4, 1, "3.11.7"),
        plan=plan,
        environments={},
        settings={},
        trials=trials,
        spins=list(making.spins),
    )
    store.save(folder, run)
    return run


def _trial(
    folder: Path,
    plan: Plan,
    planned: PlannedTrial,
    workloads: Mapping[str, Workload],
    making: Making,
) -> Trial:
    clock = planned.number * 1000 * MS
    stamps: list[dict[str, Any]] = []
    repetitions = []
    for position, cell in enumerate(map(plan.cell, planned.cells)):
        for number in range(1, cell.repetitions + (position == 0) + 1):
            run_id = f"{cell.workload}-r{number}"
            cold = position == 0 and number == 1
            at = folder / store.TRIALS / planned.id
            workload, pace = workloads[cell.workload], making.pace.get(planned.number, 1)
            costs = making.costs.get(cell.framework, Costs())
            spans = schedule(workload, cell.workers, costs, clock, pace, cold)
            made = _repetition(cell, run_id, number, cold, spans, clock, making)
            if cell.recorded and made.outcome is Outcome.OK:
                _record(at / run_id / wire.EVENTS, spans)
            end = clock + made.phases.get("execute", 0)
            for edge, ns in (("start", clock), ("end", end)):
                stamps.append({"phase": "execute", "run_id": run_id, "edge": edge, "ns": ns})
            repetitions.append(made)
            clock = end + SETTLE_NS
    at.mkdir(parents=True, exist_ok=True)
    (at / wire.PHASES).write_text("".join(f"{json.dumps(each)}\n" for each in stamps))
    versions = making.versions.get(planned.framework, {planned.framework: "1.0"})
    return Trial(
        id=planned.id,
        number=planned.number,
        framework=planned.framework,
        mode=planned.mode,
        outcome=Outcome.OK,
        evidence=[],
        phases={"import": IMPORT_NS, "service": SERVICE_NS, "stop": STOP_NS},
        versions={"python": "3.11.7", "numpy": "1.26", **versions},
        cpu_s=1.0,
        repetitions=repetitions,
        resources=_resources(),
    )


def _resources() -> Resources:
    return Resources(
        source="cgroup v2",
        memory="pss",
        peak_pss_bytes=9_000_000,
        peak_processes=6,
        peak_threads=12,
        written_bytes=5000,
        idle_pss_bytes=3_000_000,
        idle_cpu_s=0.02,
        harness_cpu_s=0.03,
        lasted_s=3.0,
    )


def _repetition(
    cell: Cell,
    run_id: str,
    number: int,
    cold: bool,
    spans: Mapping[str, tuple[int, int]],
    clock: int,
    making: Making,
) -> Repetition:
    if cell.id in making.fates:
        outcome, reason = making.fates[cell.id]
        return Repetition(cell.id, run_id, number, cold, outcome, [reason], {})
    makespan_ns = max(end for _, end in spans.values()) - clock
    phases = {"build": BUILD_NS, "execute": makespan_ns + RETURN_NS, "settle": SETTLE_NS}
    return Repetition(
        cell=cell.id,
        run_id=run_id,
        number=number,
        cold=cold,
        outcome=Outcome.OK,
        evidence=[],
        phases=phases,
        makespan_ns=makespan_ns if cell.recorded else None,
        usage={"execute": EXECUTE, "settle": SETTLE},
    )


def schedule(
    workload: Workload,
    workers: int,
    costs: Costs,
    submit_ns: int,
    pace: int = 1,
    cold: bool = False,
) -> dict[str, tuple[int, int]]:
    """Return start and end of each step: the first ready step goes to the first free worker."""
    begin = submit_ns + (costs.run_ns + cold * costs.cold_ns) * pace
    loss = costs.loss if workers > 1 else 0.0
    awaited = {step.id: len(step.upstreams) for step in workload.steps}
    place = {step.id: index for index, step in enumerate(workload.steps)}
    spans: dict[str, tuple[int, int]] = {}
    free = [begin] * workers
    ready = [(begin, place[step.id]) for step in workload.steps if not step.upstreams]
    while ready:
        since, index = heapq.heappop(ready)
        step, worker = workload.steps[index], free.index(min(free))
        own_ns = step_ns(step)
        before = costs.step_ns + costs.byte_ns * _received(step) + round(own_ns * loss / (1 - loss))
        start = max(since, free[worker]) + before * pace
        free[worker] = start + own_ns * pace
        spans[step.id] = (start, free[worker])
        for other in workload.steps[index + 1 :]:
            if step.id in other.upstreams:
                awaited[other.id] -= 1
                if not awaited[other.id]:
                    since = max(spans[up][1] for up in other.upstreams)
                    heapq.heappush(ready, (since, place[other.id]))
    return spans


def step_ns(step: Step) -> int:
    """Return the step's own time in nanoseconds."""
    arguments: Any = step.arguments
    busy = arguments["body"] in ("spin", "compute", "sleep")
    return round(arguments["seconds"] * 1e9) if busy else EMPTY_NS


def _received(step: Step) -> int:
    arguments: Any = step.arguments
    return int(arguments["size"]) * len(step.upstreams)


def _record(folder: Path, spans: Mapping[str, tuple[int, int]]) -> None:
    folder.mkdir(parents=True)
    lines: list[dict[str, Any]] = [{"host": "h", "pid": 1}]
    for n, (step, (start, end)) in enumerate(spans.items()):
        lines.append({"n": n, "step": step, "thread": 1, "start": start})
        lines.append({"n": n, "end": end, "error": None})
    (folder / "j.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
