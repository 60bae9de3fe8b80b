"""Native TFX: prints the number of tries of a component with two retries."""

import contextlib
import tempfile

from tfx.dsl.component.experimental.decorators import component
from tfx.dsl.experimental.node_execution_options.utils import NodeExecutionOptions
from tfx.orchestration.local.local_dag_runner import LocalDagRunner
from tfx.orchestration.metadata import sqlite_metadata_connection_config
from tfx.orchestration.pipeline import Pipeline

TRIES = []


@component
def flaky() -> None:
    TRIES.append(1)
    raise ValueError("not yet")


if __name__ == "__main__":
    node = flaky()
    node.node_execution_options = NodeExecutionOptions(max_execution_retries=2)
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(ValueError):
        LocalDagRunner().run(
            Pipeline(
                pipeline_name="by-hand",
                pipeline_root=folder,
                components=[node],
                metadata_connection_config=sqlite_metadata_connection_config(f"{folder}/m.db"),
            )
        )
    print(len(TRIES))
