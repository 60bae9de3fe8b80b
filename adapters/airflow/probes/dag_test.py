"""The DAG of a probe by ``dag.test()``: its tasks one after another in this process."""

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
    """Have Airflow make the API that tasks talk to in this process; its first answer makes most."""

    async def ask(api: httpx.AsyncBaseTransport) -> None:
        async with httpx.AsyncClient(transport=api, base_url="http://in-process") as client:
            (await client.get("/health")).raise_for_status()

    # Not the synchronous one: that has a thread, which no fork has.
    asyncio.run(ask(in_process_api_server().atransport))


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


def inlets_of(dag_id: str, task_id: str) -> list[str]:
    """The assets that a task consumes, as the metadata database has them."""
    inlet = TaskInletAssetReference
    mine = select(AssetModel.name).join(AssetModel.consuming_tasks)
    with create_session() as session:
        return list(session.scalars(mine.where(inlet.dag_id == dag_id, inlet.task_id == task_id)))


def keep(key: str, value: str) -> None:
    """Store a variable, with a key to encrypt it, which a deployment has in its airflow.cfg."""
    os.environ["AIRFLOW__CORE__FERNET_KEY"] = base64.urlsafe_b64encode(os.urandom(32)).decode()
    Variable.set(key, value)
