"""MLflow with a tracking server in a process of its own, on SQLite or PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import mlflow
import requests

from adapters.contract import Context
from adapters.mlflow.adapter import build, engine_count, run

__all__ = ["build", "engine_count", "run", "service", "serving"]

_PATIENCE_S = 360.0  # migrations of a new database take 14 CPU-seconds


@contextmanager
def service(ctx: Context) -> Iterator[None]:
    """Start the server, and point this process's client to it."""
    serving(ctx)
    yield


def serving(ctx: Context, *options: str) -> str:
    """Start the server with further ``options``, make an experiment there, and return its URL."""
    host, port = ctx.services.host, ctx.services.port()
    url = f"http://{host}:{port}"
    ctx.services.start(
        "mlflow server",
        ["mlflow", "server", "--host", host, "--port", str(port), "--workers", "1",
         "--backend-store-uri", store_of(ctx),
         "--artifacts-destination", str(ctx.folder / "artifacts"), *options],
        ready=lambda: healthy(url),
        patience_s=_PATIENCE_S,
    )  # fmt: skip
    mlflow.set_tracking_uri(url)
    mlflow.set_experiment("harness")
    return url


def store_of(ctx: Context) -> str:
    """Return the URL of the server's own database."""
    if ctx.mode == "server":
        return f"sqlite:///{ctx.folder / 'mlflow.db'}"
    # MLflow takes postgresql:// for psycopg 3.
    return ctx.services.url("postgres").replace("postgresql://", "postgresql+psycopg2://", 1)


def healthy(url: str) -> bool:
    """Return whether the server answers its health check."""
    try:
        return requests.get(f"{url}/health", timeout=5.0).ok
    except requests.RequestException:
        return False  # the server does not listen yet
