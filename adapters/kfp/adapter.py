"""Kubeflow Pipelines in one process: kfp.local, which starts a process for each task."""

from __future__ import annotations

import json
from collections import namedtuple
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from kfp import dsl, local

from adapters.contract import (
    Call,
    Context,
    Step,
    Value,
    Workload,
    no_engine_count,
    no_service,
)
from adapters.kfp.components import components, parameter
from adapters.kfp.task import encoded

service = no_service
engine_count = no_engine_count

Pipeline = Callable[[], Any]
Flow = tuple[Pipeline, Workload]

_LOCAL = "python"  # not used: the local runner takes this process's own interpreter


def build(workload: Workload, ctx: Context) -> Flow:
    """Return the pipeline, compiled, with a place of its own for artifacts."""
    folder = ctx.folder / ctx.run_id
    folder.mkdir()
    local.init(local.SubprocessRunner(use_venv=False), pipeline_root=str(folder / "artifacts"))
    return pipeline_of(workload, ctx.call, _LOCAL, folder / "components.py"), workload


def pipeline_of(
    workload: Workload, call: Callable[[Step], Call], image: str, file: Path
) -> Pipeline:
    """Return the pipeline with a task for each step; its outputs are the returned steps' results.

    ``call`` returns what a step's task has to run; ``file`` is where its components are written.
    """
    of = components((len(step.upstreams) for step in workload.steps), image, file)
    names = workload.returned
    # kfp learns a pipeline's outputs from the annotation of a named tuple.
    outputs = namedtuple("outputs", names)  # type: ignore[misc]  # its fields are data
    outputs.__annotations__ = dict.fromkeys(names, dsl.Artifact)

    def pipeline() -> outputs:
        results: dict[str, Any] = {}
        for step in workload.steps:
            inputs = {parameter(i): results[up] for i, up in enumerate(step.upstreams)}
            task = of[len(inputs)](call=encoded(call(step)), **inputs)
            results[step.id] = task.outputs["result"]
        return outputs(*(results[name] for name in names))

    pipeline.__annotations__["return"] = outputs  # not text, which kfp could not resolve
    made: Pipeline = dsl.pipeline(name=workload.name.replace("_", "-"))(pipeline)
    return made


def run(flow: Flow, ctx: Context) -> Mapping[str, Value]:
    """Call the pipeline, which runs its tasks; raise if one failed."""
    pipeline, workload = flow
    outputs = pipeline().outputs
    return workload.select(
        {name: json.loads(Path(outputs[name].path).read_text()) for name in workload.returned}
    )
