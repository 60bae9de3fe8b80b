"""The tasks of a workload, and their submission inside a flow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture

from adapters.contract import Call, Step, Value, Workload, execute

Tasks = Mapping[str, Task[[dict[str, Any]], Value]]


def tasks_of(workload: Workload, call: Callable[[Step], Call]) -> Tasks:
    """A task for each step, by its id."""
    return {step.id: _task_of(step.id, call(step)) for step in workload.steps}


def submitted(workload: Workload, tasks: Tasks) -> Mapping[str, Value]:
    """Submit the steps in topological order, wait for all, and pick the named outputs.

    To be called inside a flow, whose task runner they go to; futures carry results and order.
    """
    futures: dict[str, PrefectFuture[Any]] = {}
    for step in workload.steps:
        inputs = {up: futures[up] for up in step.upstreams}
        futures[step.id] = tasks[step.id].submit(inputs)
    # The last first: a flow that wakes up for each task takes the interpreter from the others.
    for future in reversed(futures.values()):
        future.wait()
    for future in futures.values():
        if not future.state.is_completed():
            future.result()  # raises what the step raised
    # What nobody asked for is not looked up: that costs as much as a small step.
    asked = {ref.step for ref in workload.outputs.values()}
    return workload.select({step: futures[step].result() for step in asked})


def _task_of(name: str, call: Call) -> Task[[dict[str, Any]], Value]:
    """The task of one step; its inputs are futures."""

    # What never changes is closed over and no parameter: Prefect walks through parameters again
    # and again in search of futures.
    def step(inputs: dict[str, Any]) -> Value:
        return execute(call, inputs)

    # Results stay in memory and nothing is reused: the defaults of a task that asks for neither.
    return task(name=name, cache_policy=NO_CACHE, persist_result=False)(step)
