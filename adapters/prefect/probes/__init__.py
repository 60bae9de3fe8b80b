"""Hooks for Prefect with flows in the client's process, in modules named like groups of probes."""

# Hooks are found here by name.
# ruff: noqa: F401

from adapters.prefect.probes.control import (
    branch,
    dynamic_fan_out,
    fail_fast,
    loop,
    partial_failure,
    sub_workflow,
)
from adapters.prefect.probes.faults import durable
from adapters.prefect.probes.interfaces import (
    api_auth,
    bad_parameter,
    secrets,
    step_logs,
    use_secret,
    user_interface,
)
from adapters.prefect.probes.ml import lineage, tracking
from adapters.prefect.probes.steps import (
    caching,
    concurrency_limit,
    priority,
    retry,
    retry_on,
    timeout_cpu,
    timeout_sleep,
    type_mismatch,
)
from adapters.prefect.probes.triggers import approval, backfill, cancel, cron, event_trigger
