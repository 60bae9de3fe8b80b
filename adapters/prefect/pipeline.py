"""Tasks of a workload, and their submission inside a flow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture

from adapters.contract import Call, Step, Value, Workload, execute

Tasks = Mapping[str, Task[[dict[str, Any]], Value]]


def tasks_of(workload: Workload, call: Callable[[Step], Call]) -> Tasks:
    """Return a task for each step, by the step's id."""
    return {step.id: _task_of(step.id, call(step)) for step in workload.steps}


def submitted(workload: Workload, tasks: Tasks) -> Mapping[str, Value]:
    """Submit the steps in topological order, wait for all, and pick the named outputs.

    Call it inside a flow, whose task runner gets the tasks; futures carry results and order.
    Raises the error of a failed step.
    """
    futures: dict[str, PrefectFuture[Any]] = {}
    for step in workload.steps:
        inputs = {up: futures[up] for up in step.upstreams}
        futures[step.id] = tasks[step.id].submit(inputs)
    # The last first: a flow that wakes up for each task takes the interpreter from its tasks.
    for future in reversed(futures.values()):
        future.wait()
    for future in futures.values():
        if not future.state.is_completed():
            future.result()  # raises the step's error
    # Only the results that are outputs: to read one costs as much as a small step.
    asked = {ref.step for ref in workload.outputs.values()}
    return workload.select({step: futures[step].result() for step in asked})


def _task_of(name: str, call: Call) -> Task[[dict[str, Any]], Value]:
    """Return the task of one step, whose inputs are futures."""

    # Constants are closed over, not parameters: Prefect searches parameters for futures repeatedly.
    def step(inputs: dict[str, Any]) -> Value:
        return execute(call, inputs)

    # Results stay in memory and are not reused, as by default without caching and persistence.
    return task(name=name, cache_policy=NO_CACHE, persist_result=False)(step)
