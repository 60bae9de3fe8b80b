"""Runs of a probe's DAGs: by ``dag.test()`` in this process, or by the mode's deployed server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.airflow.probes import deployed
from adapters.airflow.probes.dags import Build, Ended
from adapters.probing import ProbeContext


def run(probe: ProbeContext, build: Build, conf: Mapping[str, Any] | None = None) -> Ended:
    """Run the first DAG of a probe to its end, as the probed mode runs DAGs."""
    if probe.mode != "inprocess":
        return deployed.run(probe, build, conf or {})
    # Imported here: it needs the database's models, and a deployment's tasks, which import the
    # modules of hooks, may not import those.
    from adapters.airflow.probes import dag_test

    return dag_test.run(probe, build, conf or {})


def warm_up(mode: str) -> None:
    """Build the API of tasks, which takes nine tenths of a process's first ``dag.test()``."""
    if mode == "inprocess":
        from adapters.airflow.probes import dag_test  # here for the reason above

        dag_test.warm_up()
