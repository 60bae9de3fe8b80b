"""Beam's job service in a process of its own; the client's worker runs the stages."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import apache_beam as beam
import grpc
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.portable_runner import PortableRunner

from adapters.beam.adapter import Flow, flow_of, run
from adapters.contract import Context, Workload, no_engine_count

__all__ = ["build", "engine_count", "run", "service"]

engine_count = no_engine_count

_SERVICE = "apache_beam.runners.portability.local_job_service_main"

#: The address of each trial's job service, by the trial's scratch folder.
addresses: dict[str, str] = {}


@contextmanager
def service(ctx: Context) -> Iterator[None]:
    """Start the job service, which always listens on localhost."""
    port = ctx.services.port()
    staging = ctx.folder / "staging"
    staging.mkdir()
    address = f"localhost:{port}"
    ctx.services.start(
        "beam job service",
        [sys.executable, "-m", _SERVICE, "--port", str(port), "--staging_dir", str(staging)],
        ready=lambda: answers(address),
    )
    addresses[str(ctx.folder)] = address
    yield


def answers(address: str) -> bool:
    """Return whether a gRPC server answers at an address."""
    with grpc.insecure_channel(address) as channel:
        try:
            grpc.channel_ready_future(channel).result(timeout=1.0)
        except grpc.FutureTimeoutError:
            return False  # it does not listen yet
    return True


def build(workload: Workload, ctx: Context) -> Flow:
    """Return the pipeline for the job service."""
    return flow_of(pipeline_with(ctx), workload, ctx)


def pipeline_with(ctx: Context, *options: str) -> beam.Pipeline:
    """Return an empty pipeline for the job service, with options as on a command line."""
    told = [f"--job_endpoint={address_of(ctx)}", "--environment_type=LOOPBACK", *options]
    return beam.Pipeline(runner=PortableRunner(), options=PipelineOptions(told))


def address_of(ctx: Context) -> str:
    """Return the address of the trial's job service."""
    return addresses[str(ctx.folder)]
