"""Hooks about control flow: the constructs of TFX's language for pipelines."""

from __future__ import annotations

import json

from tfx.dsl.control_flow.for_each import ForEach
from tfx.dsl.experimental.conditionals.conditional import Cond
from tfx.dsl.experimental.node_execution_options.utils import NodeExecutionOptions
from tfx.orchestration.pipeline import Pipeline
from tfx.types.channel_utils import union

from adapters.probing import ProbeContext, UnsupportedError, Value
from adapters.tfx.probes import components
from adapters.tfx.probes.components import step
from adapters.tfx.probes.pipelines import failure, failures, run, store, value

_RUNNER = (
    "https://github.com/tensorflow/tfx/blob/v1.16.0/tfx/orchestration/local/local_dag_runner.py"
)
_LAUNCHER = "https://github.com/tensorflow/tfx/blob/v1.16.0/tfx/orchestration/portable/launcher.py"


def branch(probe: ProbeContext) -> dict[str, Value]:
    """Use ``Cond`` on the value of an artifact, and join by the union of both branches' outputs."""
    decide = step(probe, "decide")
    chosen = decide.outputs["text"].future().value
    with Cond(chosen == "left"):
        left = step(probe, "left")
    with Cond(chosen != "left"):
        right = step(probe, "right")
    texts = union([left.outputs["text"], right.outputs["text"]])
    joined = components.join(call=json.dumps(probe.call("join")), texts=texts)
    run(probe, decide, left, right, joined)
    return {}


def dynamic_fan_out(probe: ProbeContext) -> dict[str, Value]:
    """Use ``ForEach`` over the artifacts that one component puts out."""
    source = components.Source(probe.call("source"))
    with ForEach(source.outputs["values"]) as number:
        square = components.square(call=json.dumps(probe.call("square")), value=number)
    total = components.total(call=json.dumps(probe.call("total")), values=square.outputs["squared"])
    run(probe, source, square, total)
    records = store(probe)
    # The runner does not raise for inputs that it cannot resolve: it goes on.
    if errors := failures(records):
        raise UnsupportedError(f"no component in ForEach ran: {errors[0]}", _LAUNCHER)
    return {"total": int(value(records, "Integer"))}


def sub_workflow(probe: ProbeContext) -> dict[str, Value]:
    """Use a pipeline as a component of another, which the local runner cannot run."""
    before = step(probe, "before")
    first = step(probe, "inner_1")
    child = Pipeline(pipeline_name="child", components=[first, step(probe, "inner_2", first)])
    child.add_upstream_node(before)
    error = failure(probe, before, child, step(probe, "after", child))
    if error is not None:
        raise UnsupportedError(f"a pipeline in a pipeline: {error}", _RUNNER)
    return {"child": None}


def partial_failure(probe: ProbeContext) -> dict[str, Value]:
    """Set ``success_optional`` of the step that fails: it asks the runner to go on without it."""
    bad, good = step(probe, "bad"), step(probe, "good")
    bad.node_execution_options = NodeExecutionOptions(success_optional=True)
    after = [step(probe, "after_bad", bad), step(probe, "after_good", good)]
    error = failure(probe, bad, good, *after)
    return {
        "failed": error is not None,
        "state": "failed" if error else "complete",
        "asked": "NodeExecutionOptions(success_optional=True)",
    }


def fail_fast(probe: ProbeContext) -> dict[str, Value]:
    """Rely on the default: the runner ends at the first error, and does not have a setting."""
    bad, slow = step(probe, "bad"), step(probe, "slow")
    error = failure(probe, bad, slow, step(probe, "later", slow))
    return {"failed": error is not None}
