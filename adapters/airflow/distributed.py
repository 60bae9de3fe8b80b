"""Airflow with Celery: the processes of :mod:`adapters.airflow.server` and two workers."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from celery import Celery

from adapters.airflow.server import build, deployment, engine_count, postgres, run
from adapters.contract import Context

__all__ = ["build", "engine_count", "run", "service"]

_WORKERS = 2
_PING_S, _SLOW_PING_S = 0.15, 1.0  # wait for answers of workers
_PINGS = 100  # before slow ones


@contextmanager
def service(ctx: Context) -> Iterator[None]:
    """Start a deployment with CeleryExecutor and Celery's workers; stop all at exit."""
    celery = {
        "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
        "AIRFLOW__CELERY__BROKER_URL": ctx.services.url("redis"),
        "AIRFLOW__CELERY__RESULT_BACKEND": f"db+{postgres(ctx)}",
    }
    with deployment(ctx, celery) as env, _environment_file(ctx, env):
        _start_workers(ctx, env)
        yield


@contextmanager
def _environment_file(ctx: Context, env: Mapping[str, str]) -> Iterator[Path]:
    """Keep a file that a shell on another host can source to start a further worker."""
    file = ctx.folder / "airflow" / "worker.env"
    variables = {
        name: value
        for name, value in {**os.environ, **env}.items()
        if name.startswith("AIRFLOW") or name in ("PATH", "PYTHONPATH")
    }
    file.touch(mode=0o600)
    lines = (f"export {name}={shlex.quote(variables[name])}\n" for name in sorted(variables))
    file.write_text("".join(lines))
    try:
        yield file
    finally:
        file.unlink()


def _start_workers(ctx: Context, env: Mapping[str, str]) -> None:
    """Start the workers, each with its share of the tasks that may run at once."""
    app = Celery(broker=ctx.services.url("redis"))
    several = min(_WORKERS, ctx.workers)
    for number in range(several):
        name, share = f"w{number + 1}", (ctx.workers + number) // several
        ctx.services.start(
            f"airflow celery worker {name}",
            [
                *("airflow", "celery", "worker", "-H", f"{name}@%h", "-c", str(share)),
                *("--skip-serve-logs", "--without-gossip", "--without-mingle"),
            ],
            env=env,
            ready=partial(_answers, app, name, number + 1, count()),
        )


def _answers(app: Any, name: str, running: int, asks: Iterator[int]) -> bool:
    """Return whether the named worker answers a ping; ``running`` workers may.

    A worker that starts to listen after a ping does not get it. So pings are short, and longer
    only after many without an answer.
    """
    timeout_s = _PING_S if next(asks) < _PINGS else _SLOW_PING_S
    with app.connection_for_write() as connection:  # a cached one may lead to a dead broker
        try:
            replies = app.control.ping(timeout=timeout_s, limit=running, connection=connection)
        except connection.connection_errors:
            return False  # the broker does not answer yet
    return any(worker.startswith(f"{name}@") for reply in replies for worker in reply)
