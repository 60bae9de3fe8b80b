"""What is needed to run one planned trial, and to judge what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from harness.catalog import Framework, Mode
from harness.model import PlannedTrial, Timeouts
from workloads.dag import Workload

#: Libraries of the workload whose versions every run states.
LIBRARIES = ("numpy", "scipy", "scikit-learn", "pyarrow", "skops")


class Task(msgspec.Struct, frozen=True):
    """What one cell of a trial executes, and what it has to give."""

    cell: str
    workload: Workload
    file: Path  #: the workload's JSON
    workers: int
    oracle: Mapping[str, Any] | None  #: None where the output is to become the oracle


class Job(msgspec.Struct, frozen=True):
    """All that is needed to run one planned trial, and to judge what came of it."""

    planned: PlannedTrial
    framework: Framework
    tasks: list[Task]
    repetitions: int
    timeouts: Timeouts
    folder: Path
    venv: Path
    pythonpath: list[Path]
    keep: bool = False  #: leave HOME, scratch and artifacts where they are

    @property
    def mode(self) -> Mode:
        """What adapter.toml says of the trial's mode."""
        return self.framework.mode(self.planned.mode)

    def runs(self) -> list[tuple[str, Task, int]]:
        """Run id, task and number of every repetition, in order."""
        return [
            (f"r{number}" if len(self.tasks) == 1 else f"{task.cell}-r{number}", task, number)
            for task in self.tasks
            for number in range(1, self.repetitions + 1)
        ]
