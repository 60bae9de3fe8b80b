"""Hooks about settings of a task: retries, timeouts, pools, priorities, resources."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import DAG, ExceptionRetryPolicy, RetryAction, RetryRule, chain

from adapters.airflow.probes.backends import run
from adapters.airflow.probes.dags import pipeline, step
from adapters.airflow.server import api_of
from adapters.probing import ProbeContext, Value


def retry(probe: ProbeContext) -> dict[str, Value]:
    """Set ``retries`` and ``retry_delay``."""
    return {"state": run(probe, retry_dag).state}


def retry_dag(probe: ProbeContext) -> list[DAG]:
    """Return a DAG with one task that is retried."""
    with pipeline(probe) as dag:
        step(probe, "flaky", **_again(probe))()
    return [dag]


def retry_on(probe: ProbeContext) -> dict[str, Value]:
    """Set a retry policy with a rule for the error."""
    return {"state": run(probe, retry_on_dag).state}


def retry_on_dag(probe: ProbeContext) -> list[DAG]:
    """Return a DAG of two tasks with the same policy."""
    again = RetryRule(exception=ValueError, action=RetryAction.RETRY)
    policy = ExceptionRetryPolicy(rules=[again], default=RetryAction.FAIL)
    with pipeline(probe) as dag:
        for name in ("passing", "lasting"):
            step(probe, name, retry_policy=policy, **_again(probe))()
    return [dag]


def _again(probe: ProbeContext) -> dict[str, Any]:
    delay = timedelta(seconds=probe.settings["delay_s"])
    return {"retries": probe.settings["retries"], "retry_delay": delay}


def _timeout(probe: ProbeContext) -> dict[str, Value]:
    """Set ``execution_timeout``."""
    state = run(probe, timeout_dag).state
    probe.mark("told")
    return {"failed": state == "failed"}


timeout_sleep = timeout_cpu = _timeout


def timeout_dag(probe: ProbeContext) -> list[DAG]:
    """Return a DAG with one task that takes too long."""
    with pipeline(probe) as dag:
        step(probe, "long", execution_timeout=timedelta(seconds=probe.settings["timeout_s"]))()
    return [dag]


def concurrency_limit(probe: ProbeContext) -> dict[str, Value]:
    """Use a pool with as many slots as the limit."""
    _make_pool(probe, probe.settings["limit"])
    return {"state": run(probe, limit_dag).state}


def limit_dag(probe: ProbeContext) -> list[DAG]:
    """Return a DAG with tasks side by side, then as many in the pool."""
    width = range(probe.settings["width"])
    with pipeline(probe) as dag:
        free = [step(probe, "free", task_id=f"free_{n}")() for n in width]
        options = {"pool": probe.run_id}
        limited = [step(probe, "limited", task_id=f"limited_{n}", **options)() for n in width]
        for each in free:
            chain(each, limited)
    return [dag]


def priority(probe: ProbeContext) -> dict[str, Value]:
    """Set ``priority_weight`` in a pool with one slot."""
    _make_pool(probe, 1)
    return {"state": run(probe, priority_dag).state}


def priority_dag(probe: ProbeContext) -> list[DAG]:
    """Return a DAG whose tasks are all ready at once; ``first`` takes the slot before others."""
    low = [f"low_{n}" for n in range(probe.settings["low"])]
    with pipeline(probe) as dag:
        for name, weight in {"first": 100, **dict.fromkeys(low, 1), "high": 10}.items():
            options = {"pool": probe.run_id, "priority_weight": weight, "weight_rule": "absolute"}
            step(probe, name.partition("_")[0], task_id=name, **options)()
    return [dag]


def _make_pool(probe: ProbeContext, slots: int) -> None:
    order = {"name": probe.run_id, "slots": slots}
    api_of(probe.context).send("POST", "/api/v2/pools", order)


def resources(probe: ProbeContext) -> dict[str, Value]:
    """Set ``resources`` of the task."""
    return {"state": run(probe, resources_dag).state}


def resources_dag(probe: ProbeContext) -> list[DAG]:
    """Return a DAG with one task that uses more memory than it requests."""
    with pipeline(probe) as dag:
        step(probe, "hungry", resources={"ram": probe.settings["memory_mb"]})()
    return [dag]
