"""Native MLflow: a run, with a nested run for each step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import mlflow

from tests.frameworks.native.body import SIZE, checksum


def step(seed: int, upstreams: list[dict[str, int]]) -> dict[str, int]:
    with mlflow.start_run(run_name=f"step-{seed}", nested=True):
        return checksum(seed, upstreams)


def chain() -> list[int]:
    last = step(1, [])
    for seed in range(2, SIZE + 1):
        last = step(seed, [last])
    return [last["value"]]


def fan_out() -> list[int]:
    root = step(1, [])
    return [step(seed, [root])["value"] for seed in range(2, SIZE + 2)]


def make(shape: str, run_id: str, folder: Path) -> Callable[[], list[int]]:
    """Return a function that runs all steps, below a run of this name."""

    def run() -> list[int]:
        with mlflow.start_run(run_name=run_id):
            return {"chain": chain, "fan_out": fan_out}[shape]()

    return run
