"""Flow of a workload in a deployment: made in the process in which the worker runs it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from prefect import flow
from prefect.task_runners import ThreadPoolTaskRunner

from adapters.contract import Value, Workload, call_of
from adapters.prefect.pipeline import submitted, tasks_of

#: Content of the flow's file.
FLOW_FILE = """\
from adapters.prefect.deployed import make_flow

pipeline = make_flow({path!r}, {workers})
"""


def make_flow(path: str, workers: int) -> Callable[[str, str], Mapping[str, Value]]:
    """Return the flow of the workload whose JSON is at ``path``.

    A run's parameters name its places for events and artifacts.
    """
    workload = Workload.from_json(json.loads(Path(path).read_bytes()))

    @flow(  # type: ignore[untyped-decorator]  # Prefect is untyped here
        name=workload.name,
        task_runner=ThreadPoolTaskRunner(max_workers=workers),
        # The process that asked for the run reads the outputs.
        persist_result=True,
        result_serializer="json",
    )
    def pipeline(events: str, artifacts: str) -> Mapping[str, Value]:
        tasks = tasks_of(workload, lambda step: call_of(step, events, artifacts))
        return submitted(workload, tasks)

    return pipeline  # type: ignore[no-any-return]  # Prefect is untyped here
