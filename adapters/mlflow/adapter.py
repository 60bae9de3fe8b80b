"""MLflow in one process: a run with a nested run for each step, in a store on SQLite."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import mlflow
from mlflow.entities import RunStatus

from adapters.contract import Context, Value, Workload, execute


@contextmanager
def service(ctx: Context) -> Iterator[None]:
    """Create the store, which takes all its migrations, and an experiment in it."""
    use_store(f"sqlite:///{ctx.folder / 'mlflow.db'}", ctx)
    yield


def use_store(uri: str, ctx: Context) -> None:
    """Point MLflow to a tracking store, with an experiment that keeps artifacts beside it."""
    mlflow.set_tracking_uri(uri)
    place = ctx.folder / "artifacts"
    mlflow.set_experiment(experiment_id=mlflow.create_experiment("harness", place.as_uri()))


def build(workload: Workload, ctx: Context) -> Workload:
    """Return the workload: MLflow has no graph, the loop is the user's."""
    return workload


def run(workload: Workload, ctx: Context) -> Mapping[str, Value]:
    """Run one step after another, each in a nested run."""
    results: dict[str, Value] = {}
    with mlflow.start_run(run_name=ctx.run_id):
        for step in workload.steps:
            inputs = {up: results[up] for up in step.upstreams}
            with mlflow.start_run(run_name=step.id, nested=True):
                results[step.id] = execute(ctx.call(step), inputs)
    return workload.select(results)


def engine_count(ctx: Context) -> int | None:
    """Return the number of finished runs below the repetition's parent run."""
    (parent,) = mlflow.search_runs(
        filter_string=f"attributes.run_name = '{ctx.run_id}'", output_format="list"
    )
    done = RunStatus.to_string(RunStatus.FINISHED)
    below = f"tags.mlflow.parentRunId = '{parent.info.run_id}'"
    # Without a limit of ours, it returns all pages.
    found = mlflow.search_runs(
        filter_string=f"{below} and attributes.status = '{done}'", output_format="list"
    )
    return len(found)
