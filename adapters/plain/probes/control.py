"""Control flow is the language's own; steps side by side are ``concurrent.futures``'."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from adapters.probing import ProbeContext, Value, perform


def pool(workers: int) -> ProcessPoolExecutor:
    """Processes that have the workload's modules already."""
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("fork"))


def dynamic_fan_out(probe: ProbeContext) -> dict[str, Value]:
    """A loop over the result."""
    with pool(probe.context.workers) as steps:
        values: Any = steps.submit(perform, probe.call("source")).result()
        squares = [steps.submit(perform, probe.call("square"), value=v) for v in values]
        results = [each.result() for each in squares]
        return {"total": steps.submit(perform, probe.call("total"), values=results).result()}


def branch(probe: ProbeContext) -> dict[str, Value]:
    """An ``if``."""
    if perform(probe.call("decide")) == "left":
        perform(probe.call("left"))
    else:
        perform(probe.call("right"))
    perform(probe.call("join"))
    return {}


def loop(probe: ProbeContext) -> dict[str, Value]:
    """A ``while``."""
    while perform(probe.call("counter")) != 3:
        pass
    return {}


def sub_workflow(probe: ProbeContext) -> dict[str, Value]:
    """A function that calls another; nobody keeps a record of either."""

    def child() -> None:
        perform(probe.call("inner_1"))
        perform(probe.call("inner_2"))

    perform(probe.call("before"))
    child()
    perform(probe.call("after"))
    return {"child": None}


def partial_failure(probe: ProbeContext) -> dict[str, Value]:
    """Two branches as futures; the error of the one is raised where its result is asked for."""
    with pool(2) as steps:
        good = steps.submit(perform, probe.call("good"))
        bad = steps.submit(perform, probe.call("bad"))
        good.result()
        steps.submit(perform, probe.call("after_good")).result()
        try:
            bad.result()
        except ValueError as error:
            return {"failed": True, "state": str(error)}
        steps.submit(perform, probe.call("after_bad")).result()
    return {"failed": False}


def fail_fast(probe: ProbeContext) -> dict[str, Value]:
    """The first error leaves the block; its pool waits for what runs, and starts nothing more."""
    try:
        with pool(2) as steps:
            slow = steps.submit(perform, probe.call("slow"))
            steps.submit(perform, probe.call("bad")).result()
            slow.result()
            steps.submit(perform, probe.call("later")).result()
    except ValueError:
        return {"failed": True}
    return {"failed": False}
