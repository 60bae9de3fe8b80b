"""What MLRun without its API service does of what is asked of orchestrators, in one process."""

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

__all__ = [
    "bad_parameter",
    "branch",
    "cancel",
    "concurrency_limit",
    "cron",
    "durable",
    "dynamic_fan_out",
    "fail_fast",
    "lineage",
    "loop",
    "model_registry",
    "partial_failure",
    "priority",
    "resources",
    "retry",
    "secrets",
    "step_logs",
    "sub_workflow",
    "timeout_cpu",
    "timeout_sleep",
    "tracking",
    "type_mismatch",
]
