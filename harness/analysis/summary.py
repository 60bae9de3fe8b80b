"""Summary of a run that every renderer shows: figures, findings, start-up costs, troubles."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from harness.analysis import cells as figures
from harness.analysis import findings
from harness.analysis.caveats import of_one
from harness.analysis.cells import CellFigures
from harness.analysis.controls import Controls, controls
from harness.analysis.finding import Finding, Granularity, Growing, Latency, Payload, Scaling
from harness.analysis.gc_pause import gc_paused
from harness.analysis.run_data import RunData
from harness.analysis.startup import StartupCost, startup_costs
from harness.analysis.troubles import Trouble, portability_cells, troubles
from harness.home import Home
from harness.model import Estimates, Experiment, Host, Outcome, Plan, Run, Status
from harness.results import cache


class ExperimentSummary(msgspec.Struct, frozen=True):
    """One experiment: its cells' figures, and the findings made from them."""

    name: str
    estimates: Estimates
    about: str
    control: bool = msgspec.field(name="ruler")
    points: dict[str, str]  #: by workload: those of its parameters that vary
    rows: list[CellFigures]
    findings: list[Granularity | Growing | Payload | Latency | Scaling]


class Summary(msgspec.Struct, frozen=True):
    """A run as reports show it."""

    run: str
    status: Status
    created: str
    folder: str
    host: Host
    plan: Plan
    pythons: dict[str, str]  #: minor version of each framework's interpreter
    warnings: list[str]  #: caveats to read before any figure
    controls: Controls = msgspec.field(name="ruler")
    experiments: list[ExperimentSummary]
    starts: list[StartupCost]
    troubles: list[Trouble]

    @property
    def timed(self) -> bool:
        """Return whether the run measured times; probes and portability runs do not."""
        return any(each.estimates != "portability" for each in self.experiments if not each.control)

    @property
    def ok(self) -> bool:
        """Return whether nothing went wrong.

        A cell that its budget left out or ended is not wrong, and a refusal is not in an
        experiment that asks whether a mode is possible at all.
        """
        asked = portability_cells(self.plan)
        limited = {cell.id for cell in self.plan.cells if cell.budget_s is not None}
        rows = [row for each in self.experiments for row in each.rows]
        return not self.troubles and all(
            row.outcome in (Outcome.OK, Outcome.SKIPPED)
            or (row.outcome is Outcome.TIMEOUT and row.cell in limited)
            or (row.outcome is Outcome.UNSUPPORTED and row.cell in asked)
            for row in rows
        )


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def cached_summary(home: Home, folder: Path, run: Run) -> Summary:
    """Return :func:`summarise`, cached: a large run takes seconds."""
    return cache.cached_of_run(home, folder, "summary", [], Summary, lambda: summarise(folder, run))


@gc_paused()
def summarise(folder: Path, run: Run) -> Summary:
    """Read the raw events of a run and work out its figures."""
    data = RunData(folder, run)
    by_cell = {cell.id: figures.figures(data, cell) for cell in run.plan.cells}
    rows = {each.name: [by_cell[cell] for cell in each.cells] for each in run.plan.experiments}
    found = {
        each.name: findings.findings(data, each, rows[each.name]) for each in run.plan.experiments
    }
    checked = controls(data, rows, found)
    return Summary(
        run=run.id,
        status=run.status,
        created=run.created,
        folder=str(folder),
        host=run.host,
        plan=run.plan,
        pythons={name: _minor(each.python) for name, each in run.environments.items()},
        warnings=of_one(run, checked),
        controls=checked,
        experiments=[_experiment(run.plan, each, rows, found) for each in run.plan.experiments],
        starts=startup_costs(data),
        troubles=troubles(folder, run),
    )


def _experiment(
    plan: Plan,
    experiment: Experiment,
    rows: dict[str, list[CellFigures]],
    found: dict[str, list[Finding]],
) -> ExperimentSummary:
    return ExperimentSummary(
        experiment.name,
        experiment.estimates,
        experiment.about,
        experiment.control,
        _points(plan, dict.fromkeys(row.workload for row in rows[experiment.name])),
        rows[experiment.name],
        # Each is one of the kinds that the field names, so that JSON readers know what to expect.
        found[experiment.name],  # type: ignore[arg-type]
    )


def _points(plan: Plan, workloads: Iterable[str]) -> dict[str, str]:
    specs = {key: plan.workloads[key] for key in workloads}
    values: dict[str, set[str]] = {}
    for spec in specs.values():
        for name, value in spec.parameters.items():
            values.setdefault(name, set()).add(str(value))
    varied = [name for name, seen in values.items() if len(seen) > 1]
    return {
        key: ", ".join(
            f"{name} {spec.parameters[name]}" for name in varied if spec.parameters[name]
        )
        for key, spec in specs.items()
    }
