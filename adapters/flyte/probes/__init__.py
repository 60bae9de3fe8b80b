"""What flytekit's local execution does of what is asked of orchestrators."""

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

__all__ = [
    "approval",
    "backfill",
    "bad_parameter",
    "branch",
    "caching",
    "concurrency_limit",
    "durable",
    "dynamic_fan_out",
    "fail_fast",
    "loop",
    "partial_failure",
    "resources",
    "retry",
    "retry_on",
    "secrets",
    "sub_workflow",
    "timeout_cpu",
    "timeout_sleep",
    "type_mismatch",
]
