"""Dask: a scheduler and two workers, of the version in the framework's own environment."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from urllib.parse import urlsplit

from harness.services.errors import ServiceError
from harness.services.ports import answers
from harness.services.starter import Starter

_WORKERS = 2
_ANSWER_S = 2.0
_PORT = 8786  # where a scheduler is that names none


@contextmanager
def provided(services: Starter, url: str | None) -> Iterator[str]:
    """The scheduler's URL, ``tcp://host:port``. Raises :class:`ServiceError`.

    Without ``url`` it and two workers run here, who share the slots: each a process with one
    thread, since threads of one process would wait for each other's Python.
    """
    if url is not None:
        if not _slots(url):
            raise ServiceError(f"dask at {url}: no scheduler with workers answers there")
        yield url
        return
    url = f"tcp://{services.host}:{services.port()}"
    port = url.rpartition(":")[2]
    # Without a dashboard they still answer on a port of its own, by default for everybody.
    quiet = ["--host", services.host, "--no-dashboard", "--dashboard-address", f"{services.host}:0"]
    services.start(
        "dask scheduler",
        [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", port, *quiet],
        ready=lambda: _slots(url) is not None,
    )
    count, there = min(_WORKERS, services.workers), 0
    for number in range(count):
        share = (services.workers + number) // count
        there += share
        folder = services.scratch / f"dask-{number + 1}"
        folder.mkdir(parents=True)
        services.start(
            f"dask worker {number + 1}",
            [
                *(sys.executable, "-m", "distributed.cli.dask_worker", url, *quiet),
                *("--nworkers", str(share), "--nthreads", "1"),
                *("--local-directory", str(folder)),
            ],
            ready=partial(_has, url, there),
        )
    yield url


def _has(url: str, slots: int) -> bool:
    return (_slots(url) or 0) >= slots


def _slots(url: str) -> int | None:
    """How many steps the cluster can run at once; None if no scheduler answers."""
    # A client waits ever longer between its tries, and would find it late.
    parts = urlsplit(url)
    if not answers(str(parts.hostname), parts.port or _PORT):
        return None
    # Third-party, and there only where a mode needs it.
    from distributed import Client

    try:
        with Client(url, timeout=_ANSWER_S, set_as_default=False) as client:
            return sum(map(int, client.nthreads().values()))
    except OSError:
        return None
