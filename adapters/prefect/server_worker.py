"""Prefect with a server, a work pool, and a worker that runs deployments."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial

import httpx
from prefect import flow
from prefect.deployments import run_deployment

from adapters.contract import Context, Value, Workload
from adapters.prefect.adapter import engine_count
from adapters.prefect.deployed import FLOW_FILE
from adapters.prefect.server import serving

__all__ = ["build", "engine_count", "run", "service"]

_POOL = "harness"
_POLL_S = 0.25


@contextmanager
def service(ctx: Context) -> Iterator[None]:
    """Start the server on PostgreSQL, create a process work pool, and start its worker."""
    with serving(ctx) as url:
        env = {"PREFECT_API_URL": url}
        create = ["prefect", "work-pool", "create", _POOL, "--type", "process"]
        ctx.services.run("prefect work-pool create", create, env=env)
        ctx.services.start(
            "prefect worker",
            ["prefect", "worker", "start", "--pool", _POOL],
            env=env,
            ready=partial(_online, url),
        )
        yield


def _online(url: str) -> bool:
    place = f"{url}/work_pools/{_POOL}/workers/filter"
    try:
        workers = httpx.post(place, json={}, trust_env=False).raise_for_status().json()
    except httpx.HTTPError:
        return False  # a restarted server is busy for a while
    return any(worker["status"] == "ONLINE" for worker in workers)


def build(workload: Workload, ctx: Context) -> tuple[str, Workload]:
    """Write the flow's file, and deploy it to the work pool unless it is deployed already."""
    content = json.dumps(workload.to_json())
    name = f"{workload.name}-{hashlib.sha256(content.encode()).hexdigest()[:8]}"
    folder = ctx.folder / "flows" / name
    if not folder.exists():
        folder.mkdir(parents=True)
        graph = folder / "workload.json"
        graph.write_text(content)
        (folder / "pipeline.py").write_text(FLOW_FILE.format(path=str(graph), workers=ctx.workers))
        source = flow.from_source(source=str(folder), entrypoint="pipeline.py:pipeline")
        source.deploy(name, work_pool_name=_POOL, build=False, push=False, print_next_steps=False)
    return f"{workload.name}/{name}", workload


def run(flow: tuple[str, Workload], ctx: Context) -> Mapping[str, Value]:
    """Run the deployment by the worker, in a new process; raise the error of a failed step."""
    deployment, _ = flow
    done = run_deployment(
        deployment,
        parameters={"events": ctx.events, "artifacts": ctx.artifacts},
        flow_run_name=ctx.run_id,
        poll_interval=_POLL_S,
        as_subflow=False,
    )
    outputs: Mapping[str, Value] = done.state.result()
    return outputs
