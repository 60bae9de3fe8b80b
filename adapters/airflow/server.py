"""Airflow as a deployment: its own processes around a database, used through its REST API."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from adapters.airflow.api import Api
from adapters.airflow.pipeline import DAG_FILE
from adapters.contract import Context, Value, Workload
from adapters.urls import for_asyncpg

_USER = "harness"
_POLL_S = 0.25  # each request is work for the server
_DEFAULT_TASKS_PER_DAG = 16  # at once

#: The API of each trial's deployment, by the trial's scratch folder.
_apis: dict[str, Api] = {}


@contextmanager
def service(ctx: Context) -> Iterator[None]:
    """Start a deployment with LocalExecutor, which runs tasks in the scheduler's children."""
    with deployment(ctx, {"AIRFLOW__CORE__EXECUTOR": "LocalExecutor"}):
        yield


@contextmanager
def deployment(ctx: Context, executor: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Start API server, scheduler and DAG processor on a new database, and log in.

    ``executor`` holds the executor's settings. Yields the variables that the processes got.
    """
    home = ctx.folder / "airflow"
    (home / "dags").mkdir(parents=True)
    password, host, port = ctx.services.secret(), ctx.services.host, ctx.services.port()
    url = f"http://{host}:{port}"
    passwords = home / "passwords.json"
    passwords.touch(mode=0o600)
    passwords.write_text(json.dumps({_USER: password}))
    env = {**_environment(ctx, url), **_limits(ctx), **_database(ctx), **executor}
    env["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"] = str(passwords)
    api = _apis[str(ctx.folder)] = Api(url, _USER, password)

    def start(name: str, *options: str, healthy: str) -> None:
        command = ["airflow", name, *options]
        ctx.services.start(f"airflow {name}", command, ready=lambda: api.healthy(healthy), env=env)

    ctx.services.run("airflow db migrate", ["airflow", "db", "migrate"], env=env)
    start("api-server", healthy="metadatabase")
    # Logs of tasks are read from files: no log server has to listen on every interface.
    start("scheduler", "--skip-serve-logs", healthy="scheduler")
    start("dag-processor", healthy="dag_processor")
    api.log_in()
    yield env


def _environment(ctx: Context, url: str) -> dict[str, str]:
    """Return the settings that differ between deployments: addresses, keys and the user."""
    return {
        "AIRFLOW__API__HOST": ctx.services.host,
        "AIRFLOW__API__PORT": url.rpartition(":")[2],
        "AIRFLOW__API__BASE_URL": url,
        "AIRFLOW__API__SECRET_KEY": ctx.services.secret(),
        "AIRFLOW__API_AUTH__JWT_SECRET": ctx.services.secret() + ctx.services.secret(),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{_USER}:admin",
    }


def _limits(ctx: Context) -> dict[str, str]:
    """Return the settings that let as many tasks run at once as there are workers."""
    limits = {"AIRFLOW__CORE__PARALLELISM": str(ctx.workers)}
    if ctx.workers > _DEFAULT_TASKS_PER_DAG:
        limits["AIRFLOW__CORE__MAX_ACTIVE_TASKS_PER_DAG"] = str(ctx.workers)
    return limits


def _database(ctx: Context) -> dict[str, str]:
    """Return the settings of the database; none for Airflow's default, SQLite in AIRFLOW_HOME."""
    if ctx.mode == "server":
        return {}
    return {
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": postgres(ctx),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC": for_asyncpg(ctx.services.url("postgres")),
    }


def postgres(ctx: Context) -> str:
    """Return the URL of the mode's PostgreSQL for SQLAlchemy over psycopg2."""
    return f"postgresql+psycopg2://{ctx.services.url('postgres').partition('://')[2]}"


def build(workload: Workload, ctx: Context) -> tuple[str, Workload]:
    """Write the DAG file into the DAGs folder, and wait until Airflow has parsed it."""
    content = json.dumps(workload.to_json())
    dag = f"{workload.name}-{hashlib.sha256(content.encode()).hexdigest()[:8]}"
    graph, file = ctx.folder / f"{dag}.json", ctx.folder / "airflow" / "dags" / f"{dag}.py"
    if not file.exists():
        graph.write_text(content)
        file.write_text(DAG_FILE.format(path=str(graph)))
    while not api_of(ctx).knows(dag):
        time.sleep(_POLL_S)
    return dag, workload


def run(flow: tuple[str, Workload], ctx: Context) -> Mapping[str, Value]:
    """Trigger the DAG, wait until the run has ended, and read the results from XCom."""
    (dag, workload), api = flow, api_of(ctx)
    api.start(dag, ctx.run_id, {"events": ctx.events, "artifacts": ctx.artifacts})
    while (state := api.state(dag, ctx.run_id)) in ("queued", "running"):
        time.sleep(_POLL_S)
    if state != "success":
        failed = api.tasks(ctx.run_id, "failed")
        raise RuntimeError(f"the DAG run is {state}; failed tasks: {', '.join(failed)}")
    returned = {ref.step for ref in workload.outputs.values()}
    return workload.select({name: api.result(dag, ctx.run_id, name) for name in returned})


def engine_count(ctx: Context) -> int | None:
    """Return the number of successful task instances of the run, as the API lists them."""
    return len(api_of(ctx).tasks(ctx.run_id, "success"))


def api_of(ctx: Context) -> Api:
    """Return the API of the trial's deployment."""
    return _apis[str(ctx.folder)]
