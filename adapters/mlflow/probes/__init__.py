"""Hooks for MLflow where the user's program runs the steps, each in a nested run."""

# Hooks are found here by name.
# ruff: noqa: F401

from adapters.mlflow.probes.control import (
    branch,
    dynamic_fan_out,
    fail_fast,
    loop,
    partial_failure,
    sub_workflow,
)
from adapters.mlflow.probes.faults import cancel, durable
from adapters.mlflow.probes.ml import lineage, model_registry, tracking
from adapters.mlflow.probes.pages import api_auth, event_trigger, user_interface
from adapters.mlflow.probes.serving import serving
