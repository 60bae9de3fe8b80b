"""Experiments on made runs, and their findings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.analysis.cells import figures
from harness.analysis.findings import findings
from harness.analysis.run_data import RunData
from harness.model import Outcome
from harness.planning.profile import ExperimentSpec
from harness.stats import Estimate
from tests.unit.made_plan import entry
from tests.unit.made_run import MS, Costs, Making, made

Fates = dict[str, tuple[Outcome, str]]

LADDER = entry("growth", points=[{"steps": n} for n in (2, 4, 8, 16)], workers=[1])
SIZES = (1000, 10_000, 100_000, 1_000_000)
PAYLOAD = entry(
    "payload",
    parameters={"steps": 3, "body": "payload"},
    points=[{"size": size} for size in SIZES],
    workers=[1],
)
BYTES = {"plain": Costs(byte_ns=1), "fast": Costs(byte_ns=6, step_ns=MS)}


def found(
    folder: Path,
    experiment: ExperimentSpec,
    costs: dict[str, Costs],
    fates: Fates | None = None,
    pace: dict[int, int] | None = None,
    **settings: Any,
) -> dict[str, Any]:
    """Return the findings of one experiment by ``framework-p1``: framework and workers."""
    run = made(folder, {"it": experiment}, Making(costs, pace or {}, fates or {}), **settings)
    data = RunData(folder, run)
    (planned,) = run.plan.experiments
    rows = [figures(data, run.plan.cell(cell)) for cell in planned.cells]
    answers = findings(data, planned, rows)
    names = [f"{each.framework}-p{each.workers}" for each in answers]
    assert len(set(names)) == len(names)
    return dict(zip(names, answers, strict=True))


def value(estimate: Estimate | None) -> float:
    """Return the estimate's value; fail if there is no estimate."""
    assert estimate is not None
    return estimate.value
