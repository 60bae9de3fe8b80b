"""Native TFX: runs a loop over three artifacts, and prints what came of it."""

import tempfile
from pathlib import Path
from typing import Any, ClassVar

from tfx.dsl.component.experimental.annotations import InputArtifact
from tfx.dsl.component.experimental.decorators import component
from tfx.dsl.components.base.base_component import BaseComponent
from tfx.dsl.components.base.base_executor import BaseExecutor
from tfx.dsl.components.base.executor_spec import ExecutorClassSpec
from tfx.dsl.control_flow.for_each import ForEach
from tfx.orchestration.local.local_dag_runner import LocalDagRunner
from tfx.orchestration.metadata import sqlite_metadata_connection_config
from tfx.orchestration.pipeline import Pipeline
from tfx.types.channel import OutputChannel
from tfx.types.component_spec import ChannelParameter, ComponentSpec
from tfx.types.standard_artifacts import Examples

RAN = []


class Spec(ComponentSpec):
    PARAMETERS: ClassVar[dict[str, Any]] = {}
    INPUTS: ClassVar[dict[str, Any]] = {}
    OUTPUTS: ClassVar = {"parts": ChannelParameter(type=Examples)}


class Executor(BaseExecutor):
    def Do(self, inputs: Any, outputs: dict[str, list[Any]], properties: Any) -> None:  # noqa: N802
        folder = outputs["parts"][0].uri
        outputs["parts"] = [Examples(), Examples(), Examples()]
        for number, part in enumerate(outputs["parts"]):
            part.uri = f"{folder}/{number}"
            Path(part.uri).mkdir(parents=True)


class Parts(BaseComponent):
    SPEC_CLASS = Spec
    EXECUTOR_SPEC = ExecutorClassSpec(Executor)

    def __init__(self) -> None:
        super().__init__(Spec(parts=OutputChannel(Examples, self, "parts")))


@component
def each(part: InputArtifact[Examples]) -> None:
    RAN.append(part.uri)


if __name__ == "__main__":
    parts = Parts()
    with ForEach(parts.outputs["parts"]) as part:
        loop = each(part=part)
    with tempfile.TemporaryDirectory() as folder:
        LocalDagRunner().run(
            Pipeline(
                pipeline_name="by-hand",
                pipeline_root=folder,
                components=[parts, loop],
                metadata_connection_config=sqlite_metadata_connection_config(f"{folder}/m.db"),
            )
        )
    print(f"ended without an error; {len(RAN)} of 3 ran")
