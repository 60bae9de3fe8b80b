"""Native Flyte: typed tasks wired in a function that is a workflow."""

# No postponed annotations: flytekit reads them as types.
from collections.abc import Callable
from pathlib import Path

from flytekit import task, workflow

from tests.frameworks.native.body import SIZE, checksum


@task
def step(seed: int, upstreams: list[dict[str, int]]) -> dict[str, int]:
    return checksum(seed, upstreams)


@workflow
def chain() -> dict[str, int]:
    last = step(seed=1, upstreams=[])
    for seed in range(2, SIZE + 1):
        last = step(seed=seed, upstreams=[last])
    return last


@workflow
def fan_out() -> list[dict[str, int]]:
    root = step(seed=1, upstreams=[])
    return [step(seed=seed, upstreams=[root]) for seed in range(2, SIZE + 2)]


def make(shape: str, run_id: str, folder: Path) -> Callable[[], list[int]]:
    """Return a function that runs the workflow and returns its values."""
    if shape == "chain":
        return lambda: [chain()["value"]]
    return lambda: [branch["value"] for branch in fan_out()]
