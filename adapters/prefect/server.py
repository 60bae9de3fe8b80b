"""Prefect with its server in a process of its own; flows still run in the client's process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from prefect.settings import PREFECT_API_URL, temporary_settings

from adapters.contract import Context
from adapters.prefect.adapter import build, engine_count, run

__all__ = ["build", "engine_count", "run", "service", "serving"]

_HOST = "127.0.0.1"


@contextmanager
def service(ctx: Context) -> Iterator[None]:
    """The server, on SQLite or PostgreSQL."""
    with serving(ctx):
        yield


@contextmanager
def serving(ctx: Context) -> Iterator[str]:
    """Start the server, have this process's clients use it, and tell its URL."""
    port = ctx.services.port()
    url = f"http://{_HOST}:{port}/api"
    env = {}
    if ctx.mode != "server":
        address = ctx.services.url("postgres").partition("://")[2]
        env["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = f"postgresql+asyncpg://{address}"
    ctx.services.start(
        "prefect server",
        ["prefect", "server", "start", "--host", _HOST, "--port", str(port)],
        env=env,
        ready=lambda: _healthy(url),
    )
    with temporary_settings({PREFECT_API_URL: url}):
        yield url


def _healthy(url: str) -> bool:
    try:
        return bool(httpx.get(f"{url}/health", trust_env=False).is_success)
    except httpx.TransportError:
        return False  # it does not listen yet
