"""Native MLRun: handlers that log results, and a project workflow that runs them."""

# No postponed annotations: MLRun reads a handler's hints.
from collections.abc import Callable
from pathlib import Path

import mlrun

from tests.frameworks.native.body import SIZE, checksum


def step(context: mlrun.MLClientCtx, seed: int, upstreams: list) -> None:
    context.log_result("result", checksum(seed, upstreams))


def make(shape: str, run_id: str, folder: Path) -> Callable[[], list[int]]:
    """Make the project with its function; return a function that runs its workflow."""
    project = mlrun.new_project("by-hand", context=str(folder / "project"), save=False)
    function = project.set_function(mlrun.new_function("steps", kind="local", project="by-hand"))
    leaves: list[dict[str, int]] = []

    def task(seed: int, upstreams: list[dict[str, int]]) -> dict[str, int]:
        done = function.run(
            handler=step,
            name=f"step-{seed}",
            params={"seed": seed, "upstreams": upstreams},
            local=True,
        )
        result: dict[str, int] = done.output("result")
        return result

    def chain() -> None:
        last = task(1, [])
        for seed in range(2, SIZE + 1):
            last = task(seed, [last])
        leaves.append(last)

    def fan_out() -> None:
        root = task(1, [])
        leaves.extend(task(seed, [root]) for seed in range(2, SIZE + 2))

    def run() -> list[int]:
        workflow = {"chain": chain, "fan_out": fan_out}[shape]
        project.run("main", workflow_handler=workflow, engine="local", local=True, dirty=True)
        return [leaf["value"] for leaf in leaves]

    return run
