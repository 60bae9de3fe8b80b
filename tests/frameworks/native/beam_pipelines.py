"""Native Beam: collections of one element, made one from another; files for the last ones."""

# No postponed annotations: Beam reads the hints of functions.
import json
from collections.abc import Callable
from pathlib import Path

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.fn_api_runner import FnApiRunner

from tests.frameworks.native.body import SIZE, checksum


def first(_, seed):
    return checksum(seed, [])


def then(previous, seed):
    return checksum(seed, [previous])


def write(value, place):
    Path(place).write_text(json.dumps(value))


def chain(root: beam.PCollection) -> list[beam.PCollection]:
    last = root
    for seed in range(2, SIZE + 1):
        last = last | f"step {seed}" >> beam.Map(then, seed)
    return [last]


def fan_out(root: beam.PCollection) -> list[beam.PCollection]:
    return [root | f"step {seed}" >> beam.Map(then, seed) for seed in range(2, SIZE + 2)]


def make(shape: str, run_id: str, folder: Path) -> Callable[[], list[int]]:
    """Build the pipeline; return a function that runs it and reads the files."""
    place = folder / run_id
    place.mkdir()
    pipeline = beam.Pipeline(runner=FnApiRunner(), options=PipelineOptions([]))
    root = pipeline | beam.Create([None]) | "step 1" >> beam.Map(first, 1)
    leaves = {"chain": chain, "fan_out": fan_out}[shape](root)
    for number, leaf in enumerate(leaves):
        leaf | f"write {number}" >> beam.Map(write, str(place / f"{number}.json"))

    def run() -> list[int]:
        pipeline.run().wait_until_finish()
        files = [place / f"{number}.json" for number in range(len(leaves))]
        return [json.loads(file.read_text())["value"] for file in files]

    return run
