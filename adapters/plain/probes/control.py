"""Hooks about control flow: Python's own, with ``concurrent.futures`` for parallel steps."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from adapters.probing import ProbeContext, Value, perform


def pool(workers: int) -> ProcessPoolExecutor:
    """Return a pool of forked processes, which have already imported the workload's modules."""
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("fork"))


def dynamic_fan_out(probe: ProbeContext) -> dict[str, Value]:
    """Loop over the result."""
    with pool(probe.context.workers) as steps:
        values: Any = steps.submit(perform, probe.call("source")).result()
        squares = [steps.submit(perform, probe.call("square"), value=v) for v in values]
        results = [each.result() for each in squares]
        return {"total": steps.submit(perform, probe.call("total"), values=results).result()}


def branch(probe: ProbeContext) -> dict[str, Value]:
    """Branch by ``if``."""
    if perform(probe.call("decide")) == "left":
        perform(probe.call("left"))
    else:
        perform(probe.call("right"))
    perform(probe.call("join"))
    return {}


def loop(probe: ProbeContext) -> dict[str, Value]:
    """Repeat by ``while``."""
    while perform(probe.call("counter")) != 3:
        pass
    return {}


def sub_workflow(probe: ProbeContext) -> dict[str, Value]:
    """Call a function from another; neither call is recorded."""

    def child() -> None:
        perform(probe.call("inner_1"))
        perform(probe.call("inner_2"))

    perform(probe.call("before"))
    child()
    perform(probe.call("after"))
    return {"child": None}


def partial_failure(probe: ProbeContext) -> dict[str, Value]:
    """Run two branches as futures; the error of one is raised by its ``result()``."""
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
    """Leave the block at the first error; its pool waits for the running step, no further."""
    try:
        with pool(2) as steps:
            slow = steps.submit(perform, probe.call("slow"))
            steps.submit(perform, probe.call("bad")).result()
            slow.result()
            steps.submit(perform, probe.call("later")).result()
    except ValueError:
        return {"failed": True}
    return {"failed": False}
