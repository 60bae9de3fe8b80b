"""Hooks about types and parameters, which Beam checks before a run."""

# Annotations are not deferred: Beam reads the hints of functions.
import argparse
import contextlib
import io

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.typehints.decorators import TypeCheckError

from adapters.beam.probes.pipelines import body_of, finished, pipeline_of, start
from adapters.probing import Call, ProbeContext, Value, perform


def _number(_: None, call: Call) -> int:
    return int(perform(call))


def _text(_: None, call: Call) -> str:
    return str(perform(call))


def _consumed(value: int, call: Call) -> int:
    return int(perform(call, value=value))


def type_mismatch(probe: ProbeContext) -> dict[str, Value]:
    """Connect transforms of annotated functions."""
    right = pipeline_of(probe)
    (
        start(right)
        | "number" >> beam.Map(_number, probe.call("number"))
        | "control" >> beam.Map(_consumed, probe.call("control"))
    )
    finished(right)
    wrong = pipeline_of(probe)
    text = start(wrong) | "producer" >> beam.Map(_text, probe.call("producer"))
    try:
        text | "consumer" >> beam.Map(_consumed, probe.call("consumer"))
    except TypeCheckError as error:
        return {"rejected": "definition", "error": str(error).splitlines()[0]}
    finished(wrong)
    return {"rejected": "never"}


class _Number(PipelineOptions):  # type: ignore[misc]  # Beam has no types for it
    @classmethod
    def _add_argparse_args(cls, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--number", type=int)


def bad_parameter(probe: ProbeContext) -> dict[str, Value]:
    """Declare an option of the pipeline as ``int``."""

    def run(value: Value) -> None:
        pipeline = pipeline_of(probe, f"--number={value}")
        number = pipeline.options.view_as(_Number).number
        consumer = beam.Map(body_of, probe.call("consumer"), "value")
        pipeline | beam.Create([number]) | "consumer" >> consumer
        finished(pipeline)

    run(probe.settings["right"])
    probe.mark("wrong")
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            run(probe.settings["wrong"])
    except SystemExit:  # as a command line ends
        return {"rejected": True, "error": said.getvalue().splitlines()[-1]}
    return {"rejected": False}
