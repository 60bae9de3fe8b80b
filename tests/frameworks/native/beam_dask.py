"""Native Beam on Dask: a fan-out of three readers, with and without a step that joins them.

It prints how often the first step ran for the join, and how many readers ran without one. Both
should be as many as there are in the pipeline: 1 and 3. It needs ``apache-beam[dask]``. Steps write
lines to files, because they may run in any process.
"""

import tempfile
from pathlib import Path

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.dask.dask_runner import DaskRunner

READERS = range(3)


def noted(element, place):
    with Path(place).open("a") as file:
        file.write("ran\n")
    return element


def joined(_, *elements):
    return sum(elements)


def runs(place: Path) -> int:
    return len(place.read_text().splitlines()) if place.exists() else 0


def fan_out(folder: Path, join: bool) -> None:
    """Run a pipeline whose steps write to files of their names."""
    pipeline = beam.Pipeline(runner=DaskRunner(), options=PipelineOptions([]))
    root = pipeline | beam.Create([7])
    first = root | "first" >> beam.Map(noted, str(folder / "first"))
    readers = [
        first | f"reader {number}" >> beam.Map(noted, str(folder / f"reader {number}"))
        for number in READERS
    ]
    if join:
        sides = [beam.pvalue.AsSingleton(reader) for reader in readers]
        root | "join" >> beam.Map(joined, *sides)
    assert pipeline.run().wait_until_finish() == "DONE"


def main() -> str:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "joined").mkdir()
        fan_out(folder / "joined", join=True)
        fan_out(folder, join=False)
        read = sum(runs(folder / f"reader {number}") for number in READERS)
        return f"{runs(folder / 'joined' / 'first')} {read}"


if __name__ == "__main__":
    print(main())
