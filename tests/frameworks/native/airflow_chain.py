"""Native Airflow: a DAG file in the TaskFlow style, a chain."""

from __future__ import annotations

from airflow.sdk import dag, task

from tests.frameworks.native.body import SIZE, checksum


# Because of the annotation Airflow would store each key of the result again, as another XCom.
@task(multiple_outputs=False)
def step(seed: int, upstreams: list[dict[str, int]]) -> dict[str, int]:
    return checksum(seed, upstreams)


@dag(schedule=None, catchup=False)
def native_chain() -> None:
    last = step(1, [])
    for seed in range(2, SIZE + 1):
        last = step(seed, [last])


pipeline = native_chain()
