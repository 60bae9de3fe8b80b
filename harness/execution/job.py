"""Job of a planned trial: everything needed to run it and to judge its results."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from harness.execution import verify
from harness.frameworks.adapter_file import Mode
from harness.frameworks.catalog import Framework
from harness.home import Home
from harness.model import PlannedTrial, Timeouts
from harness.planning.workload import WorkloadSource, python_path
from workloads.dag import Workload


class Task(msgspec.Struct, frozen=True):
    """One cell of a trial: the workload to execute, and the outputs that it has to return."""

    cell: str
    key: str  #: of the workload; names its executions
    workload: Workload
    file: Path  #: the workload's JSON
    workers: int
    oracle: Mapping[str, Any] | None  #: None if the output is to become the oracle
    repetitions: int = 1
    after: str | None = None  #: the smaller cell; this one runs only if that one is ok
    scale: float = 1.0
    budget_s: float | None = None
    recorded: bool = True

    @property
    def run_ids(self) -> list[str]:
        """Return the names of its executions, which are also their folders."""
        return [f"{self.key}-r{number}" for number in range(1, self.repetitions + 1)]


class Job(msgspec.Struct, frozen=True):
    """Everything needed to run one planned trial and to judge its results."""

    planned: PlannedTrial
    framework: Framework
    tasks: list[Task]
    timeouts: Timeouts
    folder: Path
    venv: Path
    pythonpath: list[Path]
    idle_s: float = 0.0
    service_urls: Mapping[str, str] = {}  #: URLs of services to use instead of our own, by name
    artifacts: str = ""  #: URL below which they are stored; empty for the trial's folder
    keep: bool = False  #: leave HOME, scratch and artifacts where they are
    others: str = ""  #: libraries in other versions than those that made the oracle

    @property
    def mode(self) -> Mode:
        """Return the trial's mode, from adapter.toml."""
        return self.framework.mode(self.planned.mode)

    @property
    def tolerance(self) -> float:
        """Return the relative distance from the oracle's that numbers in outputs may have."""
        return max(self.framework.entry.tolerance, verify.ROUNDING if self.others else 0.0)

    @property
    def reservation(self) -> str:
        """Return the caveat of outputs that equal an oracle made with other libraries."""
        return f"within {self.tolerance:g}, digests not compared: {self.others}"

    def runs(self) -> list[tuple[str, Task, int]]:
        """Return run id, task and number of every repetition, in order."""
        return [
            (run_id, task, number)
            for task in self.tasks
            for number, run_id in enumerate(task.run_ids, 1)
        ]

    def limit_s(self, phase: str, run_id: str) -> float:
        """Return the seconds that a phase may last, within the budget of the execution's cell."""
        limit = self.timeouts.of(phase)
        if phase == "execute":
            budgets = [t.budget_s for t in self.tasks if t.budget_s and run_id in t.run_ids]
            limit = min([limit, *budgets])
        return limit + self.idle_s if phase == "idle" else limit


def make_job(
    home: Home,
    framework: Framework,
    venv: Path,
    planned: PlannedTrial,
    tasks: list[Task],
    folder: Path,
    *,
    timeouts: Timeouts,
    source: WorkloadSource | None = None,
    **settings: Any,
) -> Job:
    """Return the job of a planned trial, whose worker imports our packages and one adapter.

    ``venv`` is the environment's folder and ``folder`` the trial's; ``source`` is the source of the
    workload, if it needs a folder to import from; ``settings`` are further fields of :class:`Job`.
    """
    return Job(
        planned=planned,
        framework=framework,
        tasks=tasks,
        timeouts=timeouts,
        folder=folder,
        venv=venv,
        pythonpath=python_path(home, framework.folder, source),
        **settings,
    )
