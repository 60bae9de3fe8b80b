"""Native Beam: prints a metric of 0.81, as the result of the run returns it."""

import apache_beam as beam
from apache_beam.metrics import Metrics
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.fn_api_runner import FnApiRunner


def measured(value):
    Metrics.distribution("by hand", "auc").update(value)


if __name__ == "__main__":
    pipeline = beam.Pipeline(runner=FnApiRunner(), options=PipelineOptions([]))
    pipeline | beam.Create([0.81]) | beam.Map(measured)
    result = pipeline.run()
    result.wait_until_finish()
    (found,) = result.metrics().query()["distributions"]
    print(found.committed.mean)
