"""Beam in one process: a pipeline of one-element collections, run by FnApiRunner."""

# Annotations are not deferred: Beam reads the hints of functions.
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.fn_api_runner import FnApiRunner

from adapters.contract import (
    Call,
    Context,
    Value,
    Workload,
    execute,
    no_engine_count,
    no_service,
)

service = no_service
engine_count = no_engine_count

#: A pipeline, the workload, and the folder of its outputs.
Flow = tuple[beam.Pipeline, Workload, Path]


def build(workload: Workload, ctx: Context) -> Flow:
    """Return the pipeline for the in-memory runner."""
    return flow_of(pipeline_with(), workload, ctx)


def pipeline_with(*options: str) -> beam.Pipeline:
    """Return an empty pipeline for the in-memory runner, with options as on a command line."""
    # Named, because DirectRunner would first try to download another runner.
    return beam.Pipeline(runner=FnApiRunner(), options=PipelineOptions(list(options)))


def flow_of(pipeline: beam.Pipeline, workload: Workload, ctx: Context) -> Flow:
    """Add a transform for each step: one upstream is its main input, several are side inputs.

    Runners fuse a transform with the one that makes its main input. With one of several upstreams
    as main input, fused stages may wait for each other: FnApiRunner then runs one of them too
    early, with an empty side input, which is a wrong result without an error. So a stage here has
    side inputs in its first step only, and stages cannot wait for each other.
    """
    folder = ctx.folder / ctx.run_id
    folder.mkdir()
    # Labels of our own have a space: unlike names of steps, so that none is used twice.
    start = pipeline | "one element" >> beam.Create([None])
    results: dict[str, Any] = {}
    for each in workload.steps:
        upstreams = [results[up] for up in each.upstreams]
        call = ctx.call(each)
        if len(upstreams) == 1:
            results[each.id] = upstreams[0] | each.id >> beam.Map(run_next, call)
        else:
            sides = [beam.pvalue.AsSingleton(upstream) for upstream in upstreams]
            results[each.id] = start | each.id >> beam.Map(run_join, call, *sides)
    for name in workload.returned:
        place = str(folder / f"{name}.json")
        results[name] | f"write {name}" >> beam.Map(write, place)
    return pipeline, workload, folder


def run_next(result, call: Call):  # type: ignore[no-untyped-def]  # Beam reads hints
    """Run a step on the element of its only upstream."""
    return execute(call, {call["upstreams"][0]: result})


def run_join(_, call: Call, *results):  # type: ignore[no-untyped-def]  # Beam reads hints
    """Run a step on the elements of its upstreams, none or several, which are side inputs."""
    return execute(call, dict(zip(call["upstreams"], results, strict=True)))


def write(value, place: str) -> None:  # type: ignore[no-untyped-def]  # Beam reads hints
    """Write the element, a step's result, to a file: nothing else leaves a pipeline."""
    Path(place).write_text(json.dumps(value))


def run(flow: Flow, ctx: Context) -> Mapping[str, Value]:
    """Run the pipeline, wait for its end, and read the outputs; raise if it failed."""
    pipeline, workload, folder = flow
    pipeline.run().wait_until_finish()
    return workload.select(
        {name: json.loads((folder / f"{name}.json").read_text()) for name in workload.returned}
    )
