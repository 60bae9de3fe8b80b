"""Components that run bodies of probes. TFX finds them by import, and reads their annotations."""

# Annotations are not deferred: TFX reads them as types.
import json
from pathlib import Path
from typing import Any, ClassVar, List  # noqa: UP035, TFX does not know list[]

from tfx.dsl.component.experimental.annotations import (
    InputArtifact,
    OutputArtifact,
    OutputDict,
    Parameter,
)
from tfx.dsl.component.experimental.decorators import component
from tfx.dsl.components.base.base_component import BaseComponent
from tfx.dsl.components.base.base_executor import BaseExecutor
from tfx.dsl.components.base.executor_spec import ExecutorClassSpec
from tfx.types.channel import OutputChannel
from tfx.types.component_spec import ChannelParameter, ComponentSpec, ExecutionParameter
from tfx.types.standard_artifacts import Examples, Integer, Model, ModelEvaluation, String

from adapters.probing import Call, ProbeContext, perform

_DATA = "data.txt"
_MODEL = "Format-Serving/model.txt"  # Pusher looks for a model in this folder


def step(probe: ProbeContext, body: str, *after: Any) -> Any:
    """Return the node of a body without data, which runs after other nodes."""
    node = plain(call=json.dumps(probe.call(body))).with_id(body)
    node.add_upstream_nodes([*after])
    return node


@component
def plain(call: Parameter[str]) -> OutputDict(text=str):  # type: ignore[valid-type]
    """Run a body, and put out its result as text."""
    return {"text": str(perform(json.loads(call)))}


@component
def join(call: Parameter[str], texts: InputArtifact[List[String]]) -> None:  # noqa: UP006
    """Run a body after any of several nodes with a text."""
    perform(json.loads(call))


@component
def link(call: Parameter[str], previous: int) -> OutputDict(number=int):  # type: ignore[valid-type]
    """Run a link of a chain on the number of the one before."""
    return {"number": perform(json.loads(call), previous=previous)}


@component
def number(call: Parameter[str]) -> OutputDict(made=int):  # type: ignore[valid-type]
    """Run a body that returns a whole number."""
    return {"made": perform(json.loads(call))}


@component
def producer(call: Parameter[str]) -> OutputDict(made=str):  # type: ignore[valid-type]
    """Run a body that returns a text."""
    return {"made": perform(json.loads(call))}


@component
def consumer(call: Parameter[str], value: int) -> None:
    """Run a body on a whole number."""
    perform(json.loads(call), value=value)


@component
def typed(call: Parameter[str], value: Parameter[int]) -> None:
    """Run a body on a parameter that is a whole number."""
    perform(json.loads(call), value=value)


@component
def secret(call: Parameter[str], text: Parameter[str]) -> OutputDict(digest=str):  # type: ignore[valid-type]
    """Run a body on a secret."""
    return {"digest": perform(json.loads(call), text=text)}


@component
def make(call: Parameter[str], data: OutputArtifact[Examples]) -> None:
    """Store a body's result as data."""
    _write(data.uri, _DATA, perform(json.loads(call)))


@component
def train(
    call: Parameter[str], data: InputArtifact[Examples], model: OutputArtifact[Model]
) -> None:
    """Store a body's result on the data as a model."""
    word = Path(data.uri, _DATA).read_text()
    _write(model.uri, _MODEL, perform(json.loads(call), word=word))


@component
def trained(call: Parameter[str], model: OutputArtifact[Model]) -> None:
    """Store a body's result as a model."""
    _write(model.uri, _MODEL, perform(json.loads(call)))


@component
def tracked(
    call: Parameter[str],
    depth: Parameter[int],
    auc: Parameter[float],
    metrics: OutputArtifact[ModelEvaluation],
) -> None:
    """Run a body, and log a metric; parameters are recorded by themselves."""
    perform(json.loads(call))
    metrics.set_float_custom_property("auc", auc)


class SourceSpec(ComponentSpec):  # type: ignore[misc]  # TFX is untyped here
    """Declaration of a component that puts out any number of artifacts."""

    PARAMETERS: ClassVar = {"call": ExecutionParameter(type=str)}
    INPUTS: ClassVar[dict[str, Any]] = {}
    OUTPUTS: ClassVar = {"values": ChannelParameter(type=Examples)}


class SourceExecutor(BaseExecutor):  # type: ignore[misc]  # TFX is untyped here
    """Executor of a body that returns a list."""

    def Do(  # noqa: N802, TFX calls it so
        self, inputs: Any, outputs: dict[str, list[Any]], properties: dict[str, Any]
    ) -> None:
        """Put out an artifact for each element of the list."""
        folder = outputs["values"][0].uri
        outputs["values"] = []
        for value in perform(json.loads(properties["call"])):
            artifact = Examples()
            artifact.uri = f"{folder}/{value}"
            _write(artifact.uri, _DATA, value)
            outputs["values"].append(artifact)


class Source(BaseComponent):  # type: ignore[misc]  # TFX is untyped here
    """Component that puts out any number of artifacts."""

    SPEC_CLASS = SourceSpec
    EXECUTOR_SPEC = ExecutorClassSpec(SourceExecutor)

    def __init__(self, call: Call) -> None:
        channel = OutputChannel(Examples, self, "values")
        super().__init__(SourceSpec(call=json.dumps(call), values=channel))


@component
def square(call: Parameter[str], value: InputArtifact[Examples]) -> OutputDict(squared=int):  # type: ignore[valid-type]
    """Run a body on one of several numbers."""
    return {"squared": perform(json.loads(call), value=int(Path(value.uri, _DATA).read_text()))}


@component
def total(call: Parameter[str], values: InputArtifact[List[Integer]]) -> OutputDict(summed=int):  # type: ignore[valid-type]  # noqa: UP006
    """Run a body on all of several numbers."""
    return {"summed": perform(json.loads(call), values=[each.read() for each in values])}


def _write(folder: str, name: str, content: Any) -> None:
    path = Path(folder, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(str(content))
