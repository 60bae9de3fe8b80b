"""Where Airflow keeps its state and runs its tasks, by mode."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from adapters.contract import Context, for_asyncpg

_CELERY_WORKERS = 2
_MOST_BY_DEFAULT = 16  # tasks of a DAG at once
_SOON_S, _PATIENT_S = 0.15, 1.0  # for answers of workers
_OFTEN = 100  # times


def executor(ctx: Context) -> dict[str, str]:
    """The settings of the executor and the database; as many tasks at once as there are workers."""
    env = {
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": str(ctx.workers),
    }
    if ctx.workers > _MOST_BY_DEFAULT:
        env["AIRFLOW__CORE__MAX_ACTIVE_TASKS_PER_DAG"] = str(ctx.workers)
    if ctx.mode == "server":
        return env  # SQLite in AIRFLOW_HOME
    address = ctx.services.url("postgres").partition("://")[2]
    env["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] = f"postgresql+psycopg2://{address}"
    own = for_asyncpg(ctx.services.url("postgres"))
    env["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC"] = own
    if ctx.mode == "distributed":
        env["AIRFLOW__CORE__EXECUTOR"] = "CeleryExecutor"
        env["AIRFLOW__CELERY__BROKER_URL"] = ctx.services.url("redis")
        env["AIRFLOW__CELERY__RESULT_BACKEND"] = f"db+postgresql+psycopg2://{address}"
    return env


@contextmanager
def workers(ctx: Context, env: Mapping[str, str], file: Path) -> Iterator[None]:
    """Celery's workers, where it is the executor: two, with a share of the tasks each.

    While they run, ``file`` is what a shell has to source for a further one, on another host.
    """
    if ctx.mode != "distributed":
        yield
        return
    told = {
        name: value
        for name, value in {**os.environ, **env}.items()
        if name.startswith("AIRFLOW") or name in ("PATH", "PYTHONPATH")
    }
    file.touch(mode=0o600)
    file.write_text("".join(f"export {key}={shlex.quote(told[key])}\n" for key in sorted(told)))
    try:
        _start(ctx, env)
        yield
    finally:
        file.unlink()


def _start(ctx: Context, env: Mapping[str, str]) -> None:
    from celery import Celery

    asked = Celery(broker=ctx.services.url("redis"))
    several = min(_CELERY_WORKERS, ctx.workers)
    for number in range(several):
        name, share = f"w{number + 1}", (ctx.workers + number) // several
        ctx.services.start(
            f"airflow celery worker {name}",
            [
                *("airflow", "celery", "worker", "-H", f"{name}@%h", "-c", str(share)),
                *("--skip-serve-logs", "--without-gossip", "--without-mingle"),
            ],
            env=env,
            ready=partial(_answers, asked, name, number + 1, count()),
        )


def _answers(asked: Any, name: str, there: int, asks: Iterator[int]) -> bool:
    """Whether this one of so many workers answers. One that listens later does not hear the
    question: so it is put again soon, and only where that was in vain for long with patience.
    """
    timeout_s = _SOON_S if next(asks) < _OFTEN else _PATIENT_S
    with asked.connection_for_write() as connection:  # a kept one may be to a broker that died
        try:
            replies = asked.control.ping(timeout=timeout_s, limit=there, connection=connection)
        except connection.connection_errors:
            return False  # it is not there yet
    return any(worker.startswith(f"{name}@") for reply in replies for worker in reply)
