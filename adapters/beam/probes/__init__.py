"""Hooks for Beam: pipelines whose elements are results of steps, on either runner."""

# Hooks are found here by name.
# ruff: noqa: F401

from adapters.beam.probes.control import (
    branch,
    dynamic_fan_out,
    fail_fast,
    loop,
    partial_failure,
    sub_workflow,
)
from adapters.beam.probes.interfaces import bad_parameter, type_mismatch
from adapters.beam.probes.jobs import api_auth, cancel, lineage, step_logs, tracking
from adapters.beam.probes.steps import concurrency_limit, durable, timeout_cpu, timeout_sleep
from adapters.beam.probes.triggers import event_trigger
