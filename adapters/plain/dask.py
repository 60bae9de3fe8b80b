"""Plain Python over Dask: the floor of every engine that runs steps on several hosts."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager

from distributed import Client, Future

from adapters.contract import Context, Value, Workload, execute, no_engine_count

engine_count = no_engine_count


_connected: list[tuple[int, Client]] = []  # with the process that made it


def connected(ctx: Context) -> Client:
    """The cluster's client of this process. A forked one has to make its own, and is given it."""
    if not _connected or _connected[-1][0] != os.getpid():
        _connected.append((os.getpid(), Client(ctx.services.url("dask"))))
    return _connected[-1][1]


@contextmanager
def service(ctx: Context) -> Iterator[None]:
    """A client of the cluster."""
    # Not `with` the client: it would stay the current one of processes forked from here.
    with closing(connected(ctx)):
        yield


def build(workload: Workload, ctx: Context) -> Workload:
    """The workload is its own plan."""
    return workload


def run(flow: Workload, ctx: Context) -> Mapping[str, Value]:
    """Every step submitted at once; futures carry results and order."""
    client = connected(ctx)
    futures: dict[str, Future] = {}
    for step in flow.steps:
        inputs = {up: futures[up] for up in step.upstreams}
        # A key of its own in every run: what was run before has to run again.
        key = f"{ctx.run_id}/{step.id}"
        futures[step.id] = client.submit(execute, ctx.call(step), inputs, key=key)
    returned = {ref.step for ref in flow.outputs.values()}
    # Of the others too: a step that nobody waits for may fail, and must not go unnoticed.
    results = client.gather(futures)
    return flow.select({name: results[name] for name in returned})
