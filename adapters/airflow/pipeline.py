"""The DAG of a workload. DAG files import this, in whichever Airflow process parses them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from airflow.sdk import DAG, XComArg, get_current_context, task

from adapters.contract import Step, Value, Workload, call_of, execute

#: What stands in the DAG file; Airflow looks for the words "airflow" and "dag" in it.
DAG_FILE = """\
from adapters.airflow.pipeline import make_dag

dag = make_dag({path!r})
"""


def make_dag(path: str) -> DAG:
    """The DAG of the workload whose JSON lies at ``path``: a task for each step.

    It is the same for every run; a run's configuration says where its events and artifacts go.
    """
    workload = Workload.from_json(json.loads(Path(path).read_bytes()))
    with DAG(dag_id=Path(path).stem, schedule=None, catchup=False) as dag:
        results: dict[str, XComArg] = {}
        for each in workload.steps:
            inputs = {up: results[up] for up in each.upstreams}
            results[each.id] = _task_of(each)(inputs)
    return dag


def _task_of(each: Step) -> Callable[[dict[str, XComArg]], XComArg]:
    """The task of one step; its inputs and its result travel as XComs."""

    # The step is closed over and no argument: arguments are templates, and rendered.
    def step(inputs: dict[str, Value]) -> Value:
        where = get_current_context()["dag_run"].conf
        return execute(call_of(each, where["events"], where["artifacts"]), inputs)

    return task(task_id=each.id)(step)  # type: ignore[no-any-return]  # Airflow is untyped here
