"""Runs of a probe's DAG in a deployment: written to its DAGs folder, run through its API."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import httpx

from adapters.airflow.probes.dags import Build, Ended, dags_of, until, write
from adapters.airflow.server import api_of
from adapters.probing import ProbeContext

ENDS = ("success", "failed")


def put(probe: ProbeContext, build: Build) -> list[str]:
    """Write the DAGs of a probe, wait until Airflow has parsed them, and return their ids."""
    write(probe, build)
    dags = dags_of(f"{build.__module__}:{build.__name__}", str(probe.folder / "dag.json"))
    for dag in dags:
        until(partial(api_of(probe.context).knows, dag))
    return list(dags)


def run(probe: ProbeContext, build: Build, conf: Mapping[str, Any]) -> Ended:
    """Trigger the first of the DAGs, and wait until its run has ended."""
    dag, *_ = put(probe, build)
    start(probe, dag, conf)
    return finish(probe, dag, probe.run_id)


def start(
    probe: ProbeContext, dag: str, conf: Mapping[str, Any] | None = None, name: str = ""
) -> None:
    """Trigger a run called ``name``; without one, it has the probe's run id."""

    def started() -> bool:
        """Return True once the run exists; a second request with its name is a conflict."""
        try:
            api_of(probe.context).start(dag, name or probe.run_id, conf or {})
        except httpx.HTTPStatusError as error:
            if error.response.status_code != httpx.codes.CONFLICT:
                raise
        return True

    until(started)


def finish(probe: ProbeContext, dag: str, name: str) -> Ended:
    """Wait until a run has ended."""
    api = api_of(probe.context)
    state = until(lambda: (said := api.state(dag, name)) in ENDS and said)
    return Ended(state, lambda task: until(lambda: [api.result(dag, name, task)])[0])


def runs(probe: ProbeContext, dag: str) -> list[dict[str, Any]]:
    """Return the runs of a DAG, as the API lists them."""
    listed: list[dict[str, Any]] = api_of(probe.context).get(f"/api/v2/dags/{dag}/dagRuns")[
        "dag_runs"
    ]
    return listed


def put_end_to(probe: ProbeContext, dag: str) -> None:
    """Pause a DAG, so that its schedule or trigger starts no further run."""
    api_of(probe.context).send("PATCH", f"/api/v2/dags/{dag}", {"is_paused": True})
