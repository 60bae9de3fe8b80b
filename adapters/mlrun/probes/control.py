"""Hooks about control flow: a project's workflow is Python; its steps are runs of a function."""

from __future__ import annotations

from typing import Any

from adapters.mlrun.probes.functions import (
    function_of,
    handler_of,
    project_of,
    run,
    value_of,
    workflow,
)
from adapters.mlrun.probes.hyperparameters import beside, over
from adapters.probing import ProbeContext, Value


def dynamic_fan_out(probe: ProbeContext) -> dict[str, Value]:
    """Use ``hyperparams`` for a result: one run with an iteration for each element."""
    function = function_of(probe)
    total: list[Value] = []

    def pipeline() -> None:
        values: Any = value_of(run(function, probe.call("source")))
        parallel = probe.context.workers if probe.mode == "distributed" else 0
        squares = over(probe, "square", values, "value", parallel)
        total.append(value_of(run(function, probe.call("total"), values=squares)))

    workflow(project_of(probe), pipeline, "main")
    return {"total": total[0] if total else None}


def branch(probe: ProbeContext) -> dict[str, Value]:
    """Branch by ``if`` in the workflow."""
    function = function_of(probe)

    def pipeline() -> None:
        way = "left" if value_of(run(function, probe.call("decide"))) == "left" else "right"
        run(function, probe.call(way))
        run(function, probe.call("join"))

    workflow(project_of(probe), pipeline, "main")
    return {}


def loop(probe: ProbeContext) -> dict[str, Value]:
    """Repeat by ``while`` in the workflow."""
    function = function_of(probe)

    def pipeline() -> None:
        while value_of(run(function, probe.call("counter"))) != 3:
            pass

    workflow(project_of(probe), pipeline, "main")
    return {}


def sub_workflow(probe: ProbeContext) -> dict[str, Value]:
    """Call ``project.run`` in a workflow: the child is a workflow with its own id and state."""
    project, function = project_of(probe), function_of(probe)
    known: list[str] = []
    parents: list[str | None] = []

    def step(name: str) -> None:
        done = project.run_function(
            function,
            handler=handler_of(probe.call(name)),
            name=name,
            params={"arguments": {}},
            local=function.kind != "dask",
        )
        parents.append(done.metadata.labels.get("workflow"))

    def child() -> None:
        step("inner_1")
        step("inner_2")

    def parent() -> None:
        step("before")
        status = workflow(project, child, "child")
        known.append(f"workflow {status.run_id}, {status.state}")
        step("after")

    workflow(project, parent, "parent")
    before, *_, after = parents
    lost = "" if before == after else "runs after it are no longer labelled as the parent's"
    return {"child": known[0], "lost": lost}


def partial_failure(probe: ProbeContext) -> dict[str, Value]:
    """Run one function after another, the failing one first; a later one gets its result."""
    function = function_of(probe)

    def pipeline() -> None:
        bad = run(function, probe.call("bad"))
        run(function, {**probe.call("after_bad"), "arguments": {"word": value_of(bad)}})
        run(function, probe.call("good"))
        run(function, probe.call("after_good"))

    status = workflow(project_of(probe), pipeline, "main")
    return {"failed": status.exc is not None, "state": status.state}


def fail_fast(probe: ProbeContext) -> dict[str, Value]:
    """Run iterations side by side: a run with iterations raises if one fails, others do not."""
    function = function_of(probe)

    def pipeline() -> None:
        beside(probe, ("bad", "slow"))
        run(function, probe.call("later"))

    status = workflow(project_of(probe), pipeline, "main")
    return {"failed": status.exc is not None, "state": status.state}
