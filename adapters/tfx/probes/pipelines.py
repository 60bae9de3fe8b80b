"""Pipelines of probes on LocalDagRunner, and their records in ML Metadata."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from ml_metadata.metadata_store import MetadataStore
from ml_metadata.proto import metadata_store_pb2
from tfx.orchestration.local.local_dag_runner import LocalDagRunner
from tfx.orchestration.metadata import sqlite_metadata_connection_config
from tfx.orchestration.pipeline import Pipeline

from adapters.probing import ProbeContext

INPUT, OUTPUT = metadata_store_pb2.Event.INPUT, metadata_store_pb2.Event.OUTPUT


def pipeline(probe: ProbeContext, nodes: Iterable[Any], **options: Any) -> Pipeline:
    """Return a pipeline named like the probe, with its store in the probe's folder."""
    return Pipeline(
        pipeline_name=probe.run_id,
        pipeline_root=str(probe.folder / "artifacts"),
        components=[*nodes],
        metadata_connection_config=_connection(probe),
        **options,
    )


def run(probe: ProbeContext, *nodes: Any, **options: Any) -> None:
    """Run components as one pipeline; raise the error of a component that fails."""
    LocalDagRunner().run(pipeline(probe, nodes, **options))


def failure(probe: ProbeContext, *nodes: Any, **options: Any) -> str | None:
    """Run components, and return the message of the error that the runner raises, or None."""
    try:
        run(probe, *nodes, **options)
    except Exception as error:  # whatever the component raises
        return f"{type(error).__name__}: {error}"
    return None


def store(probe: ProbeContext) -> MetadataStore:
    """Return ML Metadata of the probe."""
    return MetadataStore(_connection(probe))


def failures(records: MetadataStore) -> list[str]:
    """Return the messages of failed executions, the first one first."""
    failed = metadata_store_pb2.Execution.FAILED
    results = [
        each.custom_properties["__execution_result__"].string_value
        for each in records.get_executions()
        if each.last_known_state == failed
    ]
    return [json.loads(result)["resultMessage"] for result in results]


def linked(records: MetadataStore, kind: int, artifact: Any = None, execution: Any = None) -> Any:
    """Return the first event of a kind at an artifact or an execution; None without one."""
    if artifact is not None:
        events = records.get_events_by_artifact_ids([artifact])
    else:
        events = records.get_events_by_execution_ids([execution])
    return next((each for each in events if each.type == kind), None)


def value(records: MetadataStore, kind: str) -> str:
    """Return the content of the newest artifact of a type whose artifacts are files."""
    newest = max(records.get_artifacts_by_type(kind), key=lambda each: each.id)
    with open(newest.uri) as file:
        return file.read()


def _connection(probe: ProbeContext) -> Any:
    return sqlite_metadata_connection_config(str(probe.folder / "metadata.db"))
