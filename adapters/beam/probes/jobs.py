"""Hooks that ask the job service about a job, as another client would."""

# Annotations are not deferred: Beam reads the hints of functions.
import argparse
import contextlib
from typing import Any

import apache_beam as beam
import grpc
from apache_beam.metrics import Metrics, MetricsFilter
from apache_beam.metrics.metric import Lineage
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.portability.api import beam_job_api_pb2 as messages
from apache_beam.portability.api import beam_job_api_pb2_grpc as rpc
from apache_beam.runners.portability.portable_runner import PortableMetrics

from adapters.beam.probes.pipelines import body, body_of, finished, pipeline_of, start, step
from adapters.beam.server import address_of
from adapters.probing import Call, ProbeContext, Value, perform

_CANCEL_S = 60.0  #: more than the step that has to be cancelled lasts
_REFUSALS = {grpc.StatusCode.UNAUTHENTICATED: 401, grpc.StatusCode.PERMISSION_DENIED: 403}


def _service(probe: ProbeContext) -> Any:
    return rpc.JobServiceStub(grpc.insecure_channel(address_of(probe.context)))


def _job(probe: ProbeContext, name: str) -> Any:
    """Return what the job service lists about the job with the option ``job_name``."""
    jobs = _service(probe).GetJobs(messages.GetJobsRequest()).job_info
    return next(job for job in jobs if _option(job, "job_name") == name)


def _option(job: Any, name: str) -> Any:
    """Return an option of a job; its messages have a URN for each."""
    options = job.pipeline_options
    return options[urn] if (urn := f"beam:option:{name}:v1") in options else None


def _metrics(probe: ProbeContext, job_id: str) -> PortableMetrics:
    return PortableMetrics(
        _service(probe).GetJobMetrics(messages.GetJobMetricsRequest(job_id=job_id))
    )


def cancel(probe: ProbeContext) -> dict[str, Value]:
    """Call ``cancel()`` of the result; then wait, in case that the next step begins."""
    pipeline = pipeline_of(probe)
    start(pipeline) | step(probe, "slow") | step(probe, "later")
    result = pipeline.run()
    probe.wait_for("slow")
    probe.mark("cancel")
    result.cancel()
    state = result.state
    with contextlib.suppress(TimeoutError):
        probe.wait_for("later", _CANCEL_S)
    return {"state": state}


def step_logs(probe: ProbeContext) -> dict[str, Value]:
    """Read the stream of the job's messages."""
    pipeline = pipeline_of(probe, f"--job_name={probe.run_id}")
    start(pipeline) | step(probe, "shout")
    finished(pipeline)
    request = messages.JobMessagesRequest(job_id=_job(probe, probe.run_id).job_id)
    stream = _service(probe).GetMessageStream(request)
    return {"text": "\n".join(each.message_response.message_text for each in stream)}


def api_auth(probe: ProbeContext) -> dict[str, Value]:
    """List the jobs; 200 stands for gRPC's OK."""
    token = (("authorization", "Bearer token"),)
    return {"without": _status(probe, ()), "with": _status(probe, token)}


def _status(probe: ProbeContext, metadata: tuple[tuple[str, str], ...]) -> int:
    try:
        _service(probe).GetJobs(messages.GetJobsRequest(), metadata=metadata)
    except grpc.RpcError as error:
        return _REFUSALS.get(error.code(), 500)
    return 200


class _Depth(PipelineOptions):  # type: ignore[misc]  # Beam has no types for it
    @classmethod
    def _add_argparse_args(cls, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--depth", type=int)


def _measured(_: Any, call: Call, metrics: dict[str, float]) -> None:
    perform(call)
    for name, value in metrics.items():
        Metrics.distribution("probe", name).update(value)


def tracking(probe: ProbeContext) -> dict[str, Value]:
    """Give parameters as the pipeline's options, and metrics as distributions."""
    depth, metrics = probe.settings["parameters"]["depth"], probe.settings["metrics"]
    pipeline = pipeline_of(probe, f"--job_name={probe.run_id}", f"--depth={depth}")
    start(pipeline) | "step" >> beam.Map(_measured, probe.call("step"), metrics)
    finished(pipeline)
    job = _job(probe, probe.run_id)
    found = _metrics(probe, job.job_id).query()["distributions"]
    return {
        "parameters": {"depth": _option(job, "depth")},
        "metrics": {each.key.metric.name: each.committed.mean for each in found},
    }


def lineage(probe: ProbeContext) -> dict[str, Value]:
    """Write and read text files, which report themselves; find the job that wrote the model."""
    data, model = str(probe.folder / "data"), str(probe.folder / "model")
    make = pipeline_of(probe)
    (
        start(make)
        | "make" >> beam.Map(body, probe.call("make"))
        | beam.io.WriteToText(data, shard_name_template="")
    )
    finished(make)
    train = pipeline_of(probe)
    (
        train
        | beam.io.ReadFromText(data)
        | "train" >> beam.Map(body_of, probe.call("train"), "word")
        | beam.io.WriteToText(model, shard_name_template="")
    )
    finished(train)
    for job in _service(probe).GetJobs(messages.GetJobsRequest()).job_info:
        metrics = _metrics(probe, job.job_id)
        made = [name for name in _files(metrics, Lineage.SINK) if name.endswith(model)]
        if made:
            return {"path": [*made, *_files(metrics, Lineage.SOURCE)]}
    return {"path": []}


def _files(metrics: PortableMetrics, label: str) -> list[str]:
    """Return names of files, as ``Lineage.query`` does, which fails on a job service's metrics."""
    found = metrics.query(MetricsFilter().with_namespace("lineage").with_name(label))
    tries = [each.committed for each in found["bounded_tries"]]
    # The last part of each name tells whether it was cut.
    return ["".join(parts[:-1]) for trie in tries for parts in trie.flattened()]
