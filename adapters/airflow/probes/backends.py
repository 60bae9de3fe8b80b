"""Runs of a probe's DAGs: by ``dag.test()`` in this process, or by the mode's deployed server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.airflow.probes import deployed
from adapters.airflow.probes.dags import Build, Ended
from adapters.probing import ProbeContext


def run(probe: ProbeContext, build: Build, conf: Mapping[str, Any] | None = None) -> Ended:
    """Run the first DAG of a probe to its end, in the way of the mode."""
    if probe.mode != "inprocess":
        return deployed.run(probe, build, conf or {})
    # Imported here: it needs the database's models, which a deployment's tasks may not import, and
    # they parse the modules of hooks.
    from adapters.airflow.probes import dag_test

    return dag_test.run(probe, build, conf or {})


def warm_up(mode: str) -> None:
    """Build what the first ``dag.test()`` of a process would build: nine tenths of its time."""
    if mode == "inprocess":
        from adapters.airflow.probes import dag_test  # here for the same reason

        dag_test.warm_up()
