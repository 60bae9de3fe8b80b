"""The DAG of a probe by ``dag.test()``: its tasks one after another in this process."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from typing import Any

from airflow.models.variable import Variable
from airflow.sdk import DAG

from adapters.airflow.probes.native import Build, Ended, dags_of, write
from adapters.probing import ProbeContext, Value


def run(probe: ProbeContext, build: Build, conf: Mapping[str, Any]) -> Ended:
    """Test-run the DAG from a file of its own."""
    file = write(probe, build)
    try:
        path = str(probe.folder / "dag.json")
        dag, *_ = dags_of(f"{build.__module__}:{build.__name__}", path).values()
        return test(dag, conf)
    finally:
        file.unlink()  # else the next dag.test() would parse it as well


def test(dag: DAG, conf: Mapping[str, Any]) -> Ended:
    """Test-run a DAG; its results are in the metadata database."""
    dag_run = dag.test(run_conf=dict(conf))
    tasks = {ti.task_id: ti for ti in dag_run.get_task_instances()}

    def result(name: str) -> Value:
        return tasks[name].xcom_pull(task_ids=name)

    begun = {ti.start_date: name for name, ti in tasks.items() if ti.start_date is not None}
    return Ended(str(dag_run.state), result, begun[min(begun)])


def keep(key: str, value: str) -> None:
    """Store a variable, with a key to encrypt it, which a deployment has in its airflow.cfg."""
    os.environ["AIRFLOW__CORE__FERNET_KEY"] = base64.urlsafe_b64encode(os.urandom(32)).decode()
    Variable.set(key, value)
