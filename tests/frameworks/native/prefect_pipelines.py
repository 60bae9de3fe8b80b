"""Native Prefect.

After https://docs.prefect.io/v3/how-to-guides/workflows/run-work-concurrently .
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.task_runners import ThreadPoolTaskRunner

from tests.frameworks.native.body import SIZE, WORKERS, checksum


@task(cache_policy=NO_CACHE)
def step(seed: int, upstreams: list[dict[str, int]]) -> dict[str, int]:
    return checksum(seed, upstreams)


@flow(task_runner=ThreadPoolTaskRunner(max_workers=WORKERS))
def chain() -> list[int]:
    last = step.submit(1, [])
    for seed in range(2, SIZE + 1):
        last = step.submit(seed, [last])
    return [last.result()["value"]]


@flow(task_runner=ThreadPoolTaskRunner(max_workers=WORKERS))
def fan_out() -> list[int]:
    root = step.submit(1, [])
    branches = [step.submit(seed, [root]) for seed in range(2, SIZE + 2)]
    return [branch.result()["value"] for branch in branches]


def make(shape: str, run_id: str, folder: Path) -> Callable[[], list[int]]:
    """Return the flow, named ``run_id`` so that its run can be found."""
    return {"chain": chain, "fan_out": fan_out}[shape].with_options(flow_run_name=run_id)
