"""DAG of a workload; DAG files import this in every Airflow process that parses them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from airflow.sdk import DAG, XComArg, get_current_context, task

from adapters.contract import Step, Value, Workload, call_of, execute

#: Content of a DAG file; Airflow parses only files with the words "airflow" and "dag".
DAG_FILE = """\
from adapters.airflow.pipeline import make_dag

dag = make_dag({path!r})
"""


def make_dag(path: str) -> DAG:
    """Return the DAG of the workload whose JSON is at ``path``: a task for each step.

    It is the same for every run; a run's configuration names its places for events and artifacts.
    """
    workload = Workload.from_json(json.loads(Path(path).read_bytes()))
    with DAG(dag_id=Path(path).stem, schedule=None, catchup=False) as dag:
        results: dict[str, XComArg] = {}
        for each in workload.steps:
            inputs = {up: results[up] for up in each.upstreams}
            results[each.id] = _task_of(each)(inputs)
    return dag


def _task_of(each: Step) -> Callable[[dict[str, XComArg]], XComArg]:
    """Return the task of one step; its inputs and its result travel as XComs."""

    # The step is closed over, not an argument: Airflow renders arguments as templates.
    def step(inputs: dict[str, Value]) -> Value:
        where = get_current_context()["dag_run"].conf
        return execute(call_of(each, where["events"], where["artifacts"]), inputs)

    return task(task_id=each.id)(step)  # type: ignore[no-any-return]  # Airflow is untyped here
