"""Hooks about control flow: Python's own, with futures of tasks."""

from __future__ import annotations

from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from adapters.prefect.probes.common import found, pipeline, step
from adapters.probing import ProbeContext, Value, perform


def dynamic_fan_out(probe: ProbeContext) -> dict[str, Value]:
    """Use ``map`` over a future."""
    source, total, call = (
        step(probe.call("source")),
        step(probe.call("total")),
        probe.call("square"),
    )

    def square(value: int) -> Value:
        return perform(call, value=value)

    # ``map`` does not find the argument to map over in ``**arguments``.
    squared = task(cache_policy=NO_CACHE)(square)

    @pipeline(probe)
    def fan_out() -> Any:
        squares = squared.map(source.submit())
        return total.submit(values=squares).result()

    return {"total": fan_out()}


def branch(probe: ProbeContext) -> dict[str, Value]:
    """Branch by ``if`` on a future's result."""
    decide, left, right, join = (
        step(probe.call(name)) for name in ("decide", "left", "right", "join")
    )

    @pipeline(probe)
    def choose() -> None:
        chosen = left.submit() if decide.submit().result() == "left" else right.submit()
        join.submit(wait_for=[chosen]).result()

    choose()
    return {}


def loop(probe: ProbeContext) -> dict[str, Value]:
    """Repeat by ``while`` on a future's result."""
    counter = step(probe.call("counter"))

    @pipeline(probe)
    def repeat() -> None:
        while counter.submit().result() != 3:
            pass

    repeat()
    return {}


def sub_workflow(probe: ProbeContext) -> dict[str, Value]:
    """Call a flow in a flow: it has a run of its own."""
    steps = {name: step(probe.call(name)) for name in probe.bodies}
    name = f"{probe.run_id}-child"

    @flow(flow_run_name=name)
    def child() -> None:
        first = steps["inner_1"].submit()
        steps["inner_2"].submit(wait_for=[first]).result()

    @pipeline(probe)
    def parent() -> None:
        steps["before"].submit().result()
        child()
        steps["after"].submit().result()

    parent()
    run = found(name)
    return {"child": run.name if run is not None and run.parent_task_run_id else None}


def partial_failure(probe: ProbeContext) -> dict[str, Value]:
    """Return futures from the flow, whose state comes from them."""
    good, after_good, bad, after_bad = (
        step(probe.call(name)) for name in ("good", "after_good", "bad", "after_bad")
    )

    @pipeline(probe)
    def branches() -> Any:
        one, other = good.submit(), bad.submit()
        return [after_good.submit(wait_for=[one]), after_bad.submit(wait_for=[other])]

    state = branches(return_state=True)
    return {"failed": state.is_failed(), "state": state.name}


def fail_fast(probe: ProbeContext) -> dict[str, Value]:
    """Ask for the result of the failed task, which ends the flow; a setting does not exist."""
    bad, slow, later = (step(probe.call(name)) for name in ("bad", "slow", "later"))

    @pipeline(probe)
    def branches() -> None:
        failing, long = bad.submit(), slow.submit()
        last = later.submit(wait_for=[long])
        failing.result()
        last.result()

    state = branches(return_state=True)
    return {"failed": state.is_failed(), "state": state.name}
