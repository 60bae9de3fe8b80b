"""Hooks about control flow: kfp's context managers in a pipeline function."""

# Annotations are not deferred: kfp reads them as types.
from kfp import dsl

from adapters.kfp.probes.components import numbers, text, with_value, with_values
from adapters.kfp.probes.pipelines import begin, error_of, failing_first, said
from adapters.probing import ProbeContext, Value


def branch(probe: ProbeContext) -> dict[str, Value]:
    """Use ``dsl.If`` and ``dsl.Else`` on a result; ``dsl.OneOf`` passes on the one that ran."""
    begin(probe)

    @dsl.pipeline
    def pipeline() -> None:
        way = text(call=said(probe, "decide"))
        with dsl.If(way.output == "left"):
            left = text(call=said(probe, "left"))
        with dsl.Else():
            right = text(call=said(probe, "right"))
        text(call=said(probe, "join"), previous=dsl.OneOf(left.output, right.output))

    return {"error": error_of(pipeline)}


def dynamic_fan_out(probe: ProbeContext) -> dict[str, Value]:
    """Use ``dsl.ParallelFor`` over an upstream's list, and ``dsl.Collected``."""
    begin(probe)

    @dsl.pipeline
    def pipeline() -> int:
        source = numbers(call=said(probe, "source"))
        with dsl.ParallelFor(source.output) as value:
            square = with_value(call=said(probe, "square"), value=value)
        squares = dsl.Collected(square.output)
        return with_values(call=said(probe, "total"), values=squares).output

    return {"total": pipeline().output}


def sub_workflow(probe: ProbeContext) -> dict[str, Value]:
    """Call a pipeline in another; the compiled parent holds the child as one of its tasks."""
    begin(probe)

    @dsl.pipeline
    def child(previous: str) -> str:
        first = text(call=said(probe, "inner_1"), previous=previous)
        return text(call=said(probe, "inner_2"), previous=first.output).output

    @dsl.pipeline
    def parent() -> None:
        before = text(call=said(probe, "before"))
        inner = child(previous=before.output)
        text(call=said(probe, "after"), previous=inner.output)

    parent()
    spec = parent.pipeline_spec
    of = {
        name: spec.components[task.component_ref.name] for name, task in spec.root.dag.tasks.items()
    }
    return {"child": next((name for name, found in of.items() if found.HasField("dag")), None)}


def partial_failure(probe: ProbeContext) -> dict[str, Value]:
    """Run two chains of one pipeline, the failing one first; kfp does not have a setting."""
    begin(probe)
    upstream = {"bad": "", "after_bad": "bad", "good": "", "after_good": "good"}
    error = error_of(failing_first(probe, upstream))
    return {"failed": bool(error), "state": error}


def fail_fast(probe: ProbeContext) -> dict[str, Value]:
    """Run a failing step before a chain; local execution ends at the first failure."""
    begin(probe)
    error = error_of(failing_first(probe, {"bad": "", "slow": "", "later": "slow"}))
    return {"failed": bool(error), "state": error}
