"""MLflow projects in one process: each step is an entry point, run in a process of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import mlflow

from adapters.contract import Context, Value, Workload
from adapters.mlflow.adapter import engine_count, service
from adapters.mlflow.project_step import result_of

__all__ = ["build", "engine_count", "run", "service"]

Flow = tuple[Path, Workload]


def build(workload: Workload, ctx: Context) -> Flow:
    """Write the project: MLproject with an entry point for each step, and each step's call."""
    folder = ctx.folder / ctx.run_id
    folder.mkdir()
    entry_points = {}
    for step in workload.steps:
        (folder / f"{step.id}.json").write_text(json.dumps(ctx.call(step)))
        # Only ids of runs are parameters: an operating system limits the length of a command.
        parameters = {f"run_{up}": "string" for up in step.upstreams}
        runs = " ".join(f"{{run_{up}}}" for up in step.upstreams)
        command = f"python -m adapters.mlflow.project_step {step.id}.json {runs}"
        entry_points[step.id] = {"parameters": parameters, "command": command}
    # MLproject is YAML, which includes JSON.
    project = {"name": workload.name, "entry_points": entry_points}
    (folder / "MLproject").write_text(json.dumps(project))
    return folder, workload


def run(flow: Flow, ctx: Context) -> Mapping[str, Value]:
    """Run one entry point after another; raise if one failed."""
    folder, workload = flow
    runs: dict[str, str] = {}
    with mlflow.start_run(run_name=ctx.run_id):
        for step in workload.steps:
            submitted = mlflow.projects.run(
                str(folder),
                step.id,
                parameters={f"run_{up}": runs[up] for up in step.upstreams},
                env_manager="local",
                run_name=step.id,
            )
            runs[step.id] = submitted.run_id
    return workload.select({name: result_of(runs[name]) for name in workload.returned})
