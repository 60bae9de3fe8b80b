"""Export of a run to pytest-benchmark's JSON, for ``pytest-benchmark compare``."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import msgspec
import pytest_benchmark
from pytest_benchmark import stats

from harness.analysis.cells import makespan_s
from harness.analysis.run_data import RunData
from harness.model import Cell, Outcome, Run

FILE = "benchmark.json"


def content(folder: Path, run: Run) -> bytes:
    """Return the text of ``benchmark.json``: the warm makespans of every cell that is ok."""
    data = msgspec.json.encode(benchmarks(RunData(folder, run)))
    return msgspec.json.format(data, indent=1) + b"\n"


def benchmarks(data: RunData) -> dict[str, Any]:
    """Return the run in pytest-benchmark's structure; times in seconds."""
    host = data.run.host
    system, _, release = host.system.partition(" ")
    return {
        "machine_info": {
            "node": "",
            "processor": host.processor,
            "machine": host.machine,
            "python_implementation": "CPython",
            "python_version": host.python,
            "system": system,
            "release": release,
            "cpu": {"brand_raw": host.processor, "count": host.cores},
        },
        "commit_info": {"id": data.run.commit, "dirty": "-dirty" in (data.run.commit or "")},
        "benchmarks": [
            each
            for experiment in data.run.plan.experiments
            for cell in experiment.cells
            if (each := _benchmark(data, experiment.name, data.run.plan.cell(cell))) is not None
        ],
        "datetime": data.run.created,
        "version": pytest_benchmark.__version__,
    }


def _benchmark(data: RunData, experiment: str, cell: Cell) -> dict[str, Any] | None:
    rounds = data.rounds(cell.id, makespan_s)
    if data.outcome(cell.id)[0] is not Outcome.OK or not rounds:
        return None
    measured: Any = stats.Stats()  # type: ignore[no-untyped-call]  # it has no annotations
    for value in itertools.chain.from_iterable(rounds.values()):
        measured.update(value)
    spec = data.run.plan.workloads[cell.workload]
    return {
        "group": experiment,
        "name": cell.id,
        "fullname": f"{experiment}::{cell.id}",
        "params": {"framework": cell.framework, "mode": cell.mode, "workers": cell.workers},
        "param": cell.id,
        "extra_info": {
            "run": data.run.id,
            "version": data.version(cell.framework),
            "workload": spec.name,
            "parameters": spec.parameters,
            "steps": spec.steps,
            "by_trial": {str(number): values for number, values in rounds.items()},
        },
        "options": {"warmup": True},
        "stats": {**measured.as_dict(), "data": measured.data, "iterations": 1},
    }
