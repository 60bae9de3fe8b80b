"""Hooks for flytekit's local execution; the modules are named like groups of probes."""

# Hooks are found here by name.
# ruff: noqa: F401

from adapters.flyte.probes.control import (
    branch,
    dynamic_fan_out,
    fail_fast,
    loop,
    partial_failure,
    sub_workflow,
)
from adapters.flyte.probes.interfaces import (
    approval,
    backfill,
    bad_parameter,
    secrets,
    type_mismatch,
)
from adapters.flyte.probes.steps import (
    caching,
    concurrency_limit,
    durable,
    resources,
    retry,
    retry_on,
    timeout_cpu,
    timeout_sleep,
)
