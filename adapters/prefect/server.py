"""Prefect with its server in a process of its own; flows run in the client's process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from prefect.events.worker import EventsWorker
from prefect.logging.handlers import APILogWorker
from prefect.settings import PREFECT_API_URL, temporary_settings

from adapters.contract import Context, for_asyncpg
from adapters.prefect.adapter import build, engine_count, run

__all__ = ["build", "drain", "engine_count", "run", "service", "serving"]

_DRAIN_S = 20.0
_PATIENCE_S = 360.0  # migrations of a new database take 10 CPU-seconds


@contextmanager
def service(ctx: Context) -> Iterator[None]:
    """Start the server, on SQLite or PostgreSQL."""
    with serving(ctx):
        yield


@contextmanager
def serving(ctx: Context) -> Iterator[str]:
    """Start the server, point this process's clients to it, and yield its API's URL."""
    host, port = ctx.services.host, ctx.services.port()
    url = f"http://{host}:{port}/api"
    env = {}
    if ctx.mode != "server":
        own = for_asyncpg(ctx.services.url("postgres"))
        env["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = own
    ctx.services.start(
        "prefect server",
        ["prefect", "server", "start", "--host", host, "--port", str(port)],
        env=env,
        ready=lambda: _healthy(url),
        patience_s=_PATIENCE_S,
    )
    with temporary_settings({PREFECT_API_URL: url}):
        try:
            yield url
        finally:
            # Once the server has stopped, this process would retry for long.
            drain()


def drain() -> None:
    """Send the events and logs that this process has queued for the server."""
    for worker in (EventsWorker, APILogWorker):
        worker.drain_all(timeout=_DRAIN_S, at_exit=False)


def _healthy(url: str) -> bool:
    try:
        return bool(httpx.get(f"{url}/health", trust_env=False).is_success)
    except httpx.TransportError:
        return False  # the server does not listen yet
