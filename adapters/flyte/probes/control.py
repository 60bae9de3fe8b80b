"""Hooks about control flow: typed nodes in a workflow function, run in their order."""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial

from flytekit import WorkflowFailurePolicy, conditional, eager, map_task, task, workflow

from adapters.flyte.probes import tasks
from adapters.flyte.probes.tasks import said
from adapters.probing import ProbeContext, Value

_text = task(tasks.text)
_after = task(tasks.after)
_number = task(tasks.number)
_square = task(tasks.with_value)


def dynamic_fan_out(probe: ProbeContext) -> dict[str, Value]:
    """Use ``map_task`` over an upstream's list."""
    source, total = task(tasks.numbers), task(tasks.with_values)

    @workflow
    def pipeline() -> int:
        values = source(call=said(probe.call("source")))
        square = map_task(partial(_square, call=said(probe.call("square"))))
        return total(call=said(probe.call("total")), values=square(value=values))

    return {"total": pipeline()}


def branch(probe: ProbeContext) -> dict[str, Value]:
    """Use ``conditional`` on a result; it returns the result of the branch that was taken."""

    @workflow
    def pipeline() -> str:
        way = _text(call=said(probe.call("decide")))
        went = (
            conditional("way")
            .if_(way == "left")
            .then(_text(call=said(probe.call("left"))))
            .else_()
            .then(_text(call=said(probe.call("right"))))
        )
        return _after(call=said(probe.call("join")), previous=went)

    pipeline()
    return {}


@eager
async def _until_three(call: str) -> None:
    while _number(call=call) != 3:
        pass


def loop(probe: ProbeContext) -> dict[str, Value]:
    """Repeat by ``while`` in an ``@eager`` workflow, where results are values."""
    asyncio.run(_until_three(call=said(probe.call("counter"))))
    return {}


def sub_workflow(probe: ProbeContext) -> dict[str, Value]:
    """Call a workflow in another; the compiled parent holds the child as one of its nodes."""

    @workflow
    def child(previous: str) -> str:
        first = _after(call=said(probe.call("inner_1")), previous=previous)
        return _after(call=said(probe.call("inner_2")), previous=first)

    @workflow
    def parent() -> str:
        inner = child(previous=_text(call=said(probe.call("before"))))
        return _after(call=said(probe.call("after")), previous=inner)

    parent()
    known = [node.flyte_entity.name for node in parent.nodes]
    return {"child": next((name for name in known if name == child.name), None)}


@eager
async def _both(bad: str, after_bad: str, good: str, after_good: str) -> None:
    async def branch(first: str, then: str) -> None:
        _after(call=then, previous=_text(call=first))

    ways = branch(bad, after_bad), branch(good, after_good)
    failures = await asyncio.gather(*ways, return_exceptions=True)
    if failure := next(filter(None, failures), None):
        raise failure


def partial_failure(probe: ProbeContext) -> dict[str, Value]:
    """Set the failure policy that runs independent nodes on, with the failing branch first.

    Local execution ignores that policy: then gather the branches in an ``@eager`` workflow.
    """
    policy = WorkflowFailurePolicy.FAIL_AFTER_EXECUTABLE_NODES_COMPLETE
    good, after_good = task(tasks.real), task(tasks.after_real)

    @workflow(failure_policy=policy)
    def pipeline() -> tuple[str, str]:
        bad = _text(call=said(probe.call("bad")))
        after_bad = _after(call=said(probe.call("after_bad")), previous=bad)
        slept = good(call=said(probe.call("good")))
        return after_bad, after_good(call=said(probe.call("after_good")), previous=slept)

    answer = {"asked": f"failure_policy={policy.name}", "otherwise": "gathered in @eager"}
    with contextlib.suppress(ValueError):
        pipeline()
    probe.mark("otherwise")
    calls = {name: said(probe.call(name)) for name in ("bad", "after_bad", "good", "after_good")}
    try:
        asyncio.run(_both(**calls))
    except ValueError as error:
        return {"failed": True, "state": str(error), **answer}
    return {"failed": False, **answer}


def fail_fast(probe: ProbeContext) -> dict[str, Value]:
    """Set the failure policy that fails at once, which is Flyte's default."""
    slow, later = task(tasks.real), task(tasks.after_real)

    @workflow(failure_policy=WorkflowFailurePolicy.FAIL_IMMEDIATELY)
    def pipeline() -> tuple[str, str]:
        bad = _text(call=said(probe.call("bad")))
        slept = slow(call=said(probe.call("slow")))
        return bad, later(call=said(probe.call("later")), previous=slept)

    try:
        pipeline()
    except ValueError:
        return {"failed": True}
    return {"failed": False}
