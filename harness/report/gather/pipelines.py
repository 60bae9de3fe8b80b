"""Executions and code of one workload in each framework."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from harness.analysis.executions import choose, timeline_of
from harness.analysis.run_data import RunData
from harness.errors import HarnessError
from harness.export import project
from harness.frameworks.catalog import Catalog, Framework
from harness.frameworks.label import adapter_of
from harness.home import Home
from harness.model import Cell, Outcome, Run
from harness.report.charts.curves import Sequential, subject
from harness.report.document import Listing, Panel
from harness.report.gather import links
from harness.report.material import ExecutedWorkload
from harness.results import cache, store
from workloads.dag import Workload

_MOST = 2000  # steps of an execution that is drawn: more would be unreadable
_SHARED = "steps.py"  # file of an exported project that is the same for every framework

Runs = Sequence[tuple[Path, Run]]


class WorkloadListings(msgspec.Struct, frozen=True):
    """The code of one workload in each framework."""

    workload: str
    listings: tuple[Listing, ...]


def executions(
    runs: Runs, wanted: set[str], sequential: Sequential, output: Path
) -> tuple[ExecutedWorkload, ...]:
    """Return one representative execution per framework for each whole workload and mode."""
    found: dict[str, dict[str, Panel]] = {}
    for folder, run in runs:
        data = RunData(folder, run)
        for experiment in run.plan.experiments:
            if experiment.control or experiment.estimates != "workload":
                continue
            for cell in map(run.plan.cell, experiment.cells):
                alone = (adapter_of(cell.framework), cell.mode) in sequential
                title = f"{experiment.name}, mode {cell.mode}: {cell.workload}"
                if not wanted or adapter_of(cell.framework) in wanted:
                    for panel in _panel(data, cell, alone, output):
                        found.setdefault(title, {}).setdefault(panel.label, panel)
    return tuple(ExecutedWorkload(title, tuple(panels.values())) for title, panels in found.items())


def _panel(data: RunData, cell: Cell, alone: bool, output: Path) -> Iterator[Panel]:
    """Yield the timeline of ``cell``; yield nothing if it is not ok or has too many steps."""
    small = data.run.plan.workloads[cell.workload].steps <= _MOST
    if not small or data.outcome(cell.id)[0] is not Outcome.OK:
        return
    trial, repetition = choose(data.folder, data.run, cell, None, None)
    drawn = timeline_of(data.folder, store.workload(data.folder, cell.workload), trial, repetition)
    label = subject(cell.framework, data.version(cell.framework), cell.workers, alone)
    where = f"{store.TRIALS}/{trial.id}/{repetition.run_id}"
    raw = links.file("recorded", data.folder, where, output)
    yield Panel(label, cell.framework, cell.mode, drawn, (raw,) if raw else ())


def listings(home: Home, runs: Runs, catalog: Catalog, wanted: set[str]) -> WorkloadListings:
    """Return the code of the first whole workload, as ``harness export`` would write it."""
    for folder, run in runs:
        for experiment in run.plan.experiments:
            if experiment.estimates == "workload" and not experiment.control and experiment.cells:
                key = run.plan.cell(experiment.cells[0]).workload
                frameworks = [
                    each
                    for name, each in catalog.items()
                    if not each.entry.control and (not wanted or name in wanted)
                ]
                return WorkloadListings(key, _listings(home, folder, key, frameworks))
    return WorkloadListings("", ())


def _listings(
    home: Home, folder: Path, key: str, frameworks: Sequence[Framework]
) -> tuple[Listing, ...]:
    workload = store.workload(folder, key)

    def make() -> tuple[Listing, ...]:
        return tuple(each for framework in frameworks for each in _of(framework, workload))

    files = [path for each in frameworks for path in sorted(each.folder.glob("export/**/*.jinja"))]
    of = [key.encode(), repr([each.name for each in frameworks]).encode()]
    of += map(Path.read_bytes, files)
    return cache.cached_of_run(home, folder, "listings", of, tuple[Listing, ...], make)


def _of(framework: Framework, workload: Workload) -> Iterator[Listing]:
    """Yield the exported files; yield nothing for a framework that has no export templates."""
    # The workload of a run that was tampered with may not be valid Python: skip its listing.
    with contextlib.suppress(HarnessError, ValueError, LookupError):
        for name, text in project.rendered(framework, workload).items():
            if name.endswith(".py") and name != _SHARED:
                title = framework.entry.title
                yield Listing(title, framework.name, name, "python", text)
