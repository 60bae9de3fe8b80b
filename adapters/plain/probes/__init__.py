"""Hooks for plain Python: a program that calls functions."""

# Hooks are found here by name.
# ruff: noqa: F401

from adapters.plain.probes.control import (
    branch,
    dynamic_fan_out,
    fail_fast,
    loop,
    partial_failure,
    sub_workflow,
)
from adapters.plain.probes.steps import (
    bad_parameter,
    concurrency_limit,
    durable,
    resources,
    secrets,
    timeout_cpu,
    timeout_sleep,
    type_mismatch,
)
