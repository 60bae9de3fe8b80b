"""Hooks for kfp's local execution; the modules are named like groups of probes."""

# Hooks are found here by name.
# ruff: noqa: F401

from adapters.kfp.probes.control import (
    branch,
    dynamic_fan_out,
    fail_fast,
    partial_failure,
    sub_workflow,
)
from adapters.kfp.probes.interfaces import bad_parameter, tracking, type_mismatch
from adapters.kfp.probes.steps import (
    caching,
    concurrency_limit,
    durable,
    resources,
    retry,
    timeout_cpu,
    timeout_sleep,
)
