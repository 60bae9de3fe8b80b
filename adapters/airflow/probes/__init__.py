"""Hooks for Airflow, each with a native DAG; the modules are named like groups of probes."""

# Hooks are found here by name.
# ruff: noqa: F401

from adapters.airflow.probes.backends import warm_up
from adapters.airflow.probes.control import (
    branch,
    dynamic_fan_out,
    fail_fast,
    loop,
    partial_failure,
    sub_workflow,
)
from adapters.airflow.probes.faults import durable
from adapters.airflow.probes.interfaces import (
    api_auth,
    bad_parameter,
    secrets,
    step_logs,
    type_mismatch,
    user_interface,
)
from adapters.airflow.probes.ml import lineage, tracking
from adapters.airflow.probes.steps import (
    concurrency_limit,
    priority,
    resources,
    retry,
    retry_on,
    timeout_cpu,
    timeout_sleep,
)
from adapters.airflow.probes.triggers import approval, backfill, cancel, cron, event_trigger
