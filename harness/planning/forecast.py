"""Forecast of a plan's duration, from the calibrated cost of a step and the steps' own time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from harness.errors import UsageError
from harness.model import Cost, Plan, PlannedTrial, WorkloadSpec
from harness.planning.plan import Subject
from harness.planning.profile import BUSY
from harness.planning.sweep import cost_of
from harness.results import store

_UNKNOWN_STEP_S = 0.15  # for a workload that does not declare how long its steps take


def plan_s(plan: Plan, costs: Mapping[str, Cost]) -> float:
    """Return the expected seconds for all trials of a plan."""
    return sum(trial_s(plan, planned, costs) for planned in plan.order)


def trial_s(plan: Plan, planned: PlannedTrial, costs: Mapping[str, Cost]) -> float:
    """Return the expected seconds for one trial: start, idling and repetitions within budget."""
    cost = cost_of(costs, Subject(planned.framework, planned.mode, planned.workers))
    total = cost.start_s + plan.idle_s
    for position, cell in enumerate(map(plan.cell, planned.cells)):
        spec = plan.workloads[cell.workload]
        each = spec.steps * (cost.step_s + work_s(spec)) / planned.workers
        total += min(each, cell.budget_s or each) * (cell.repetitions + (position == 0))
    return total


def work_s(spec: WorkloadSpec) -> float:
    """Return the seconds that a step of the workload is busy by itself."""
    if "body" not in spec.parameters:
        return _UNKNOWN_STEP_S
    seconds = spec.parameters.get("seconds", 0.0)
    return float(seconds) if spec.parameters["body"] in BUSY else 0.0


def known_costs(results: Iterable[Path]) -> dict[str, Cost]:
    """Return the costs that earlier runs found, by subject; the newest run's replace others'."""
    found: dict[str, Cost] = {}
    for folder in sorted(results):
        try:
            found.update(store.load(folder).plan.costs)
        except UsageError:
            continue  # damaged or of another version; a forecast can do without it
    return found
