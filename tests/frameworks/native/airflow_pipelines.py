"""Native Airflow: the DAG file lies in the DAGs folder, and ``dag.test()`` runs it."""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Callable
from pathlib import Path

from airflow.models.dagrun import DagRun


def make(shape: str, run_id: str, folder: Path) -> Callable[[], list[int]]:
    """Put the DAG alone into the DAGs folder, which ``dag.test()`` parses; return a runner."""
    file = importlib.import_module(f"tests.frameworks.native.airflow_{shape}")
    dags = folder / "airflow" / "dags"
    shutil.rmtree(dags, ignore_errors=True)
    dags.mkdir(parents=True)
    shutil.copy(str(file.__file__), dags)

    def run() -> list[int]:
        dag_run = file.pipeline.test(run_conf={"run": run_id})
        return [result["value"] for result in _leaves(dag_run, file.pipeline.leaves)]

    return run


def _leaves(dag_run: DagRun, leaves: list) -> list[dict[str, int]]:
    """Return the results of the last tasks from XCom, in the order of their definition."""
    instances = {each.task_id: each for each in dag_run.get_task_instances()}
    names = sorted((leaf.task_id for leaf in leaves), key=lambda name: (len(name), name))
    return [instances[name].xcom_pull(task_ids=name) for name in names]
