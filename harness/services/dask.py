"""Dask: a scheduler and two workers, in the version of the framework's own environment."""

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
_PORT = 8786  # default of a scheduler


@contextmanager
def provided(services: Starter, url: str | None) -> Iterator[str]:
    """Provide the scheduler's URL, ``tcp://host:port``.

    Without ``url``, start a scheduler and two workers, which share the slots: one process with one
    thread for each slot, since threads of one process would wait for the interpreter's lock.
    Raises :class:`ServiceError` if they do not start, or the scheduler at ``url`` has no workers.
    """
    if url is not None:
        if not _slots(url):
            raise ServiceError(
                f"dask at {url}: no scheduler with workers answers there; "
                "start it, or correct the URL"
            )
        yield url
        return
    url = f"tcp://{services.host}:{services.port()}"
    port = url.rpartition(":")[2]
    # Without a dashboard they still open its port, by default on all addresses.
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
    """Return the number of steps that the cluster can run at once; None if it does not answer."""
    # A client waits longer after each failed attempt, and would connect late.
    parts = urlsplit(url)
    if not answers(str(parts.hostname), parts.port or _PORT):
        return None
    # Third-party, and installed only where a mode needs it.
    from distributed import Client

    try:
        with Client(url, timeout=_ANSWER_S, set_as_default=False) as client:
            return sum(map(int, client.nthreads().values()))
    except OSError:
        return None
