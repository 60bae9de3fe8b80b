"""Custom components that run any step. TFX finds them by import, and reads their annotations."""

import json
from typing import List  # noqa: UP035, TFX does not know list[]

from tfx.dsl.component.experimental.annotations import InputArtifact, OutputArtifact, Parameter
from tfx.dsl.component.experimental.decorators import component
from tfx.types.standard_artifacts import String

from adapters.contract import execute


@component  # type: ignore[untyped-decorator]  # TFX is untyped here
def first_step(call: Parameter[str], result: OutputArtifact[String]) -> None:
    """Run a step without upstreams; a component's list of inputs must not be empty."""
    _run(call, [], result)


@component  # type: ignore[untyped-decorator]  # TFX is untyped here
def step(
    call: Parameter[str],
    inputs: InputArtifact[List[String]],  # noqa: UP006
    result: OutputArtifact[String],
) -> None:
    """Run a step on the results of its upstreams, in any order."""
    _run(call, inputs, result)


def _run(call: str, inputs: List[String], result: String) -> None:  # noqa: UP006
    decoded = json.loads(call)
    # TFX does not promise an order of inputs, so that a value comes with its step's id.
    values = dict(json.loads(each.read()) for each in inputs)
    value = execute(decoded, values)
    result.write(json.dumps([decoded["step"], value]))
