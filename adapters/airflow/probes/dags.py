"""DAGs of probes: their parts, and the file from which Airflow parses them."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import httpx
from airflow.sdk import DAG, task

from adapters.contract import Context, Services
from adapters.probing import ProbeContext, Value, perform
from workloads.execute import resolve

#: A function that returns the DAGs of a probe; the DAG file calls it by name.
Build = Callable[[ProbeContext], Sequence[DAG]]

_POLL_S = 0.25
_SECRET = "secret"  #: a setting that must not be in any file of ours
_FILE = """\
from adapters.airflow.probes.dags import dags_of

globals().update(dags_of({build!r}, {path!r}))  # Airflow searches for "airflow" and "dag"
"""


@dataclass(frozen=True)
class Ended:
    """The end of a DAG run."""

    state: str
    result: Callable[[str], Value]  #: returns a task's result, by the task's id
    first: str = ""  #: id of the first task to start, where tasks run one after another


def pipeline(probe: ProbeContext, part: str = "", **options: Any) -> DAG:
    """Return a DAG named like the probe; without ``schedule``, it runs only when triggered."""
    return DAG(f"{probe.run_id}{part}", **{"schedule": None, "catchup": False, **options})


def step(probe: ProbeContext, body: str, **options: Any) -> Any:
    """Return the task of a body, which takes the body's arguments as a dict."""
    call = probe.call(body)

    def run(arguments: dict[str, Value] | None = None) -> Value:
        return perform(call, **(arguments or {}))

    return task(**{"task_id": body, **options})(run)


def write(probe: ProbeContext, build: Build) -> Path:
    """Write the DAG file of a probe into the DAGs folder."""
    context = probe.context
    told = {
        "context": {
            name: str(getattr(context, name)) for name in ("mode", "run_id", "events", "artifacts")
        },
        "bodies": dict(probe.bodies),
        "settings": {name: each for name, each in probe.settings.items() if name != _SECRET},
        "folder": str(probe.folder),
    }
    path = probe.folder / "dag.json"
    path.write_text(json.dumps(told))
    name = f"{build.__module__}:{build.__name__}"
    return place(context, probe.run_id, _FILE.format(build=name, path=str(path)))


def place(context: Context, name: str, content: str) -> Path:
    """Write a DAG file into the DAGs folder, by one rename."""
    dags = context.folder / "airflow" / "dags"
    dags.mkdir(parents=True, exist_ok=True)
    part, file = dags / f"{name}.{os.getpid()}", dags / f"{name}.py"
    part.write_text(content)
    return part.rename(file)


def dags_of(build: str, path: str) -> dict[str, DAG]:
    """Return the DAGs of a probe by id, in any Airflow process that parses them.

    ``build`` is the ``module:function`` of a :data:`Build`, ``path`` the file of :func:`write`.
    """
    told = json.loads(Path(path).read_bytes())
    nothing = cast(Services, None)  # a DAG starts no service
    context = Context(workers=0, folder=Path(path).parent, services=nothing, **told["context"])
    probe = ProbeContext(context, told["bodies"], told["settings"], Path(told["folder"]))
    return {each.dag_id: each for each in resolve(build)(probe)}


def until(condition: Callable[[], Any], patience_s: float = 600.0) -> Any:
    """Return the first true value of ``condition()``.

    Raises ``TimeoutError`` after ``patience_s`` seconds. A server that does not answer, or answers
    with an error of its own, is asked again.
    """
    end = time.monotonic() + patience_s
    while True:
        try:
            if given := condition():
                return given
        except httpx.TransportError:
            pass
        except httpx.HTTPStatusError as error:
            if not error.response.is_server_error:
                raise
        if time.monotonic() > end:
            raise TimeoutError(f"not within {patience_s:g} s")
        time.sleep(_POLL_S)
