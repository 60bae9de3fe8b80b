"""Runs of a probe's DAG by ``dag.test()``: its tasks one after another in this process."""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import Mapping
from typing import Any

import httpx
from airflow.models.asset import AssetModel, TaskInletAssetReference
from airflow.models.variable import Variable
from airflow.sdk import DAG
from airflow.sdk.execution_time.supervisor import in_process_api_server
from airflow.utils.session import create_session
from sqlalchemy import select

from adapters.airflow.probes.dags import Build, Ended, dags_of, write
from adapters.probing import ProbeContext, Value


def warm_up() -> None:
    """Build the in-process API of tasks; its first answer builds most of it."""

    async def ask(api: httpx.AsyncBaseTransport) -> None:
        async with httpx.AsyncClient(transport=api, base_url="http://in-process") as client:
            (await client.get("/health")).raise_for_status()

    # Not the synchronous transport: it has a thread, which a fork would not have.
    asyncio.run(ask(in_process_api_server().atransport))


def run(probe: ProbeContext, build: Build, conf: Mapping[str, Any]) -> Ended:
    """Test-run the DAG from a file of its own."""
    file = write(probe, build)
    try:
        path = str(probe.folder / "dag.json")
        dag, *_ = dags_of(f"{build.__module__}:{build.__name__}", path).values()
        return test(dag, conf)
    finally:
        file.unlink()  # or the next dag.test() would parse it too


def test(dag: DAG, conf: Mapping[str, Any]) -> Ended:
    """Test-run a DAG, whose results are in the metadata database afterwards."""
    dag_run = dag.test(run_conf=dict(conf))
    tasks = {ti.task_id: ti for ti in dag_run.get_task_instances()}

    def result(name: str) -> Value:
        return tasks[name].xcom_pull(task_ids=name)

    begun = {ti.start_date: name for name, ti in tasks.items() if ti.start_date is not None}
    return Ended(str(dag_run.state), result, begun[min(begun)])


def inlets_of(dag_id: str, task_id: str) -> list[str]:
    """Return the names of the assets that a task consumes, from the metadata database."""
    inlet = TaskInletAssetReference
    mine = select(AssetModel.name).join(AssetModel.consuming_tasks)
    with create_session() as session:
        return list(session.scalars(mine.where(inlet.dag_id == dag_id, inlet.task_id == task_id)))


def keep(key: str, value: str) -> None:
    """Store a variable, encrypted by a new key; a deployment has its key in airflow.cfg."""
    os.environ["AIRFLOW__CORE__FERNET_KEY"] = base64.urlsafe_b64encode(os.urandom(32)).decode()
    Variable.set(key, value)
