"""Hooks for MLRun in one process, without its API service."""

# Hooks are found here by name.
# ruff: noqa: F401

from adapters.mlrun.probes.control import (
    branch,
    dynamic_fan_out,
    fail_fast,
    loop,
    partial_failure,
    sub_workflow,
)
from adapters.mlrun.probes.interfaces import bad_parameter, secrets, step_logs, type_mismatch
from adapters.mlrun.probes.ml import lineage, model_registry, tracking
from adapters.mlrun.probes.steps import (
    concurrency_limit,
    durable,
    priority,
    resources,
    retry,
    timeout_cpu,
    timeout_sleep,
)
from adapters.mlrun.probes.triggers import cancel, cron
