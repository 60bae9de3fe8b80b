"""The DAG of a probe by ``dag.test()``: its tasks one after another in this process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.airflow.probes.native import Build, Ended, dags_of, write
from adapters.probing import ProbeContext, Value


def run(probe: ProbeContext, build: Build, conf: Mapping[str, Any]) -> Ended:
    """Test-run the DAG; its results are in the metadata database."""
    file = write(probe, build)
    try:
        path = str(probe.folder / "dag.json")
        dag = next(iter(dags_of(f"{build.__module__}:{build.__name__}", path).values()))
        dag_run = dag.test(run_conf=dict(conf))
    finally:
        file.unlink()  # else the next dag.test() would parse it as well
    tasks = {ti.task_id: ti for ti in dag_run.get_task_instances()}

    def result(name: str) -> Value:
        return tasks[name].xcom_pull(task_ids=name)

    return Ended(str(dag_run.state), result)
