"""Native Airflow: a DAG file in the TaskFlow style, a fan-out."""

from __future__ import annotations

from airflow.sdk import dag, task

from tests.frameworks.native.body import SIZE, checksum


# Because of the annotation Airflow would store each key of the result again, as another XCom.
@task(multiple_outputs=False)
def step(seed: int, upstreams: list[dict[str, int]]) -> dict[str, int]:
    return checksum(seed, upstreams)


@dag(schedule=None, catchup=False)
def native_fan_out() -> None:
    root = step(1, [])
    for seed in range(2, SIZE + 2):
        step(seed, [root])


pipeline = native_fan_out()
