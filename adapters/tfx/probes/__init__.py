"""Hooks for TFX on LocalDagRunner, in modules named like groups of probes."""

# Hooks are found here by name.
# ruff: noqa: F401

from adapters.tfx.probes.control import (
    branch,
    dynamic_fan_out,
    fail_fast,
    partial_failure,
    sub_workflow,
)
from adapters.tfx.probes.interfaces import bad_parameter, secrets, type_mismatch
from adapters.tfx.probes.ml import lineage, model_registry, tracking
from adapters.tfx.probes.steps import caching, durable, retry, timeout_cpu, timeout_sleep
