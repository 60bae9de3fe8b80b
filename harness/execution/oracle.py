"""Oracles: the baseline's verified outputs, which every other execution has to equal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.execution import collect
from harness.execution.job import Job
from harness.files import write_atomically
from harness.model import Outcome, Trial
from harness.results import store


def read_oracle(folder: Path, key: str) -> Mapping[str, Any] | None:
    """Return the outputs that every execution of a workload has to equal; None if not made yet."""
    path = store.oracle_file(folder, key)
    if not path.exists():
        return None
    return json.loads(path.read_bytes())  # type: ignore[no-any-return]


def keep_oracles(folder: Path, job: Job, result: Trial) -> None:
    """Write the baseline's outputs of round one as oracles, of cells with all repetitions ok."""
    for task in job.tasks:
        if task.oracle is not None or not task.recorded:
            continue
        mine = [each for each in result.repetitions if each.cell == task.cell]
        if mine and all(each.outcome is Outcome.OK for each in mine):
            outputs = collect.outputs_of(job, task.run_ids[0])
            file = store.oracle_file(folder, task.key)
            write_atomically(file, json.dumps(outputs).encode())
