"""Native TFX: components of a function, wired by channels, on LocalDagRunner."""

# No postponed annotations: TFX reads them as types.
import json
from collections.abc import Callable
from pathlib import Path
from typing import List  # noqa: UP035, TFX does not know list[]

from ml_metadata.metadata_store import MetadataStore
from ml_metadata.proto.metadata_store_pb2 import Event
from tfx.dsl.component.experimental.annotations import InputArtifact, OutputArtifact, Parameter
from tfx.dsl.component.experimental.decorators import component
from tfx.orchestration.local.local_dag_runner import LocalDagRunner
from tfx.orchestration.metadata import sqlite_metadata_connection_config
from tfx.orchestration.pipeline import Pipeline
from tfx.types.channel_utils import union
from tfx.types.standard_artifacts import String

from tests.frameworks.native.body import SIZE, checksum


@component
def root(seed: Parameter[int], result: OutputArtifact[String]) -> None:
    result.write(json.dumps(checksum(seed, [])))


@component
def step(
    seed: Parameter[int],
    upstreams: InputArtifact[List[String]],  # noqa: UP006
    result: OutputArtifact[String],
) -> None:
    result.write(json.dumps(checksum(seed, [json.loads(each.read()) for each in upstreams])))


def make(shape: str, run_id: str, folder: Path) -> Callable[[], list[int]]:
    """Make the pipeline; return a function that runs it and reads the results of its leaves."""
    nodes = [root(seed=1).with_id("step-1")]
    for seed in range(2, SIZE + (1 if shape == "chain" else 2)):
        before = nodes[-1 if shape == "chain" else 0].outputs["result"]
        nodes.append(step(seed=seed, upstreams=union([before])).with_id(f"step-{seed}"))
    leaves = [SIZE] if shape == "chain" else range(2, SIZE + 2)
    place = folder / run_id
    place.mkdir()
    metadata = sqlite_metadata_connection_config(str(place / "metadata.db"))
    pipeline = Pipeline(
        pipeline_name=run_id,
        pipeline_root=str(place / "artifacts"),
        components=nodes,
        metadata_connection_config=metadata,
    )

    def run() -> list[int]:
        LocalDagRunner().run(pipeline)
        store = MetadataStore(metadata)
        return [result(store, f"{run_id}.step-{seed}")["value"] for seed in leaves]

    return run


def result(store: MetadataStore, node: str) -> dict[str, int]:
    """Return the result of a component that ran once."""
    context = store.get_context_by_type_and_name("node", node)
    (execution,) = store.get_executions_by_context(context.id)
    events = store.get_events_by_execution_ids([execution.id])
    (written,) = [each.artifact_id for each in events if each.type == Event.OUTPUT]
    (artifact,) = store.get_artifacts_by_id([written])
    value: dict[str, int] = json.loads(Path(artifact.uri).read_text())
    return value
