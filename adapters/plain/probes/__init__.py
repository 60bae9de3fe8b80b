"""What plain Python does of what is asked of orchestrators: a program that calls functions."""

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

__all__ = [
    "bad_parameter",
    "branch",
    "concurrency_limit",
    "durable",
    "dynamic_fan_out",
    "fail_fast",
    "loop",
    "partial_failure",
    "resources",
    "secrets",
    "sub_workflow",
    "timeout_cpu",
    "timeout_sleep",
    "type_mismatch",
]
