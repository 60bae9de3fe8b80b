"""Pipelines of a mode, and the functions by which their transforms run the bodies of probes."""

# Annotations are not deferred: Beam reads the hints of functions.
import json
from pathlib import Path
from typing import Any

import apache_beam as beam

from adapters.beam import adapter, server
from adapters.probing import Call, ProbeContext, perform


def pipeline_of(probe: ProbeContext, *options: str) -> beam.Pipeline:
    """Return an empty pipeline for the mode's runner, with options as on a command line."""
    if probe.mode == "server":
        return server.pipeline_with(probe.context, *options)
    return adapter.pipeline_with(*options)


def start(pipeline: beam.Pipeline) -> beam.PCollection:
    """Return a collection of one element, so that a transform of it runs once."""
    return pipeline | "start" >> beam.Create([None])


def step(probe: ProbeContext, name: str) -> beam.PTransform:
    """Return a transform that runs a body for each element, without its value."""
    return name >> beam.Map(body, probe.call(name))


def step_of(probe: ProbeContext, name: str, argument: str) -> beam.PTransform:
    """Return a transform that runs a body with each element as ``argument``."""
    return name >> beam.Map(body_of, probe.call(name), argument)


def body(_: Any, call: Call) -> Any:
    """Run a body."""
    return perform(call)


def body_of(element: Any, call: Call, argument: str) -> Any:
    """Run a body with an element as one of its arguments."""
    return perform(call, **{argument: element})


def keep(element: Any, place: str) -> None:
    """Write an element to a file: nothing else leaves a pipeline."""
    Path(place).write_text(json.dumps(element))


def finished(pipeline: beam.Pipeline) -> Any:
    """Run a pipeline to its end, and return Beam's result. Raises the error that ended it."""
    result = pipeline.run()
    result.wait_until_finish()
    return result


def error_of(pipeline: beam.Pipeline) -> str:
    """Run a pipeline to its end; return the first line of its error, empty if it succeeded."""
    try:
        finished(pipeline)
    except Exception as error:  # each runner raises another type
        return str(error).splitlines()[0]
    return ""
