"""Beam's job service in a process of its own; the client's worker runs the stages."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.portable_runner import PortableRunner

from adapters.beam.adapter import Flow, flow_of, run
from adapters.contract import Context, Workload, no_engine_count

__all__ = ["build", "engine_count", "run", "service"]

engine_count = no_engine_count

_SERVICE = "apache_beam.runners.portability.local_job_service_main"

_HOST = "localhost"  # the job service has no option for another one

#: The address of each trial's job service, by the trial's scratch folder.
addresses: dict[str, str] = {}


@contextmanager
def service(ctx: Context) -> Iterator[None]:
    """Start the job service, which always listens on localhost."""
    port = ctx.services.port()
    staging = ctx.folder / "staging"
    staging.mkdir()
    ctx.services.start(
        "beam job service",
        [sys.executable, "-m", _SERVICE, "--port", str(port), "--staging_dir", str(staging)],
        ready=lambda: answers(_HOST, port),
    )
    addresses[str(ctx.folder)] = f"{_HOST}:{port}"
    yield


def answers(host: str, port: int) -> bool:
    """Return whether a job service listens.

    Asked without gRPC, whose threads would make forks of this process hang.
    """
    try:
        with socket.create_connection((host, port), timeout=1.0):
            return True
    except OSError:
        return False  # it does not listen yet


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
