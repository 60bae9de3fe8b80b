"""Airflow in one process: a DAG file with a task for each step, run by ``dag.test()``."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from airflow.models.dagrun import DagRun
from airflow.models.taskinstance import TaskInstance
from airflow.sdk import DAG
from airflow.utils import db
from airflow.utils.session import create_session
from airflow.utils.state import DagRunState, TaskInstanceState
from sqlalchemy import func, select

from adapters.airflow.pipeline import DAG_FILE, make_dag
from adapters.contract import Context, Value, Workload


@contextmanager
def service(ctx: Context) -> Iterator[None]:
    """Create the metadata database, the only service that ``dag.test()`` needs."""
    db.initdb()
    yield


def build(workload: Workload, ctx: Context) -> tuple[DAG, Workload]:
    """Write the DAG file as the only one in the DAGs folder, and import the DAG."""
    dags = ctx.folder / "airflow" / "dags"
    # dag.test() parses every file there each time: other workloads would add to this one's time.
    shutil.rmtree(dags, ignore_errors=True)
    dags.mkdir(parents=True)
    graph = ctx.folder / f"{workload.name}.json"
    graph.write_text(json.dumps(workload.to_json()))
    (dags / f"{workload.name}.py").write_text(DAG_FILE.format(path=str(graph)))
    return make_dag(str(graph)), workload


def run(flow: tuple[DAG, Workload], ctx: Context) -> Mapping[str, Value]:
    """Test-run the DAG and read the results from XCom."""
    dag, workload = flow
    conf = {"run": ctx.run_id, "events": ctx.events, "artifacts": ctx.artifacts}
    dag_run = dag.test(run_conf=conf)
    tasks = {ti.task_id: ti for ti in dag_run.get_task_instances()}
    if dag_run.state != DagRunState.SUCCESS:
        failed = [name for name, ti in tasks.items() if ti.state == TaskInstanceState.FAILED]
        raise RuntimeError(f"the DAG run is {dag_run.state}; failed tasks: {', '.join(failed)}")
    returned = {ref.step for ref in workload.outputs.values()}
    return workload.select({name: tasks[name].xcom_pull(task_ids=name) for name in returned})


def engine_count(ctx: Context) -> int | None:
    """Return the number of successful task instances of the run in the metadata database."""
    with create_session() as session:
        runs = session.execute(select(DagRun.run_id, DagRun.conf))
        mine = [run_id for run_id, conf in runs if (conf or {}).get("run") == ctx.run_id]
        succeeded = select(func.count()).where(
            TaskInstance.run_id.in_(mine), TaskInstance.state == TaskInstanceState.SUCCESS
        )
        return int(session.scalar(succeeded))
