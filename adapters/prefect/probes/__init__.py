"""What Prefect does of what is asked of orchestrators, in flows that run in the client."""

from adapters.prefect.probes.control import (
    branch,
    dynamic_fan_out,
    fail_fast,
    loop,
    partial_failure,
    sub_workflow,
)
from adapters.prefect.probes.faults import durable
from adapters.prefect.probes.interfaces import (
    api_auth,
    bad_parameter,
    secrets,
    step_logs,
    use_secret,
    user_interface,
)
from adapters.prefect.probes.ml import lineage, tracking
from adapters.prefect.probes.steps import (
    caching,
    concurrency_limit,
    priority,
    retry,
    retry_on,
    timeout_cpu,
    timeout_sleep,
    type_mismatch,
)
from adapters.prefect.probes.triggers import approval, backfill, cancel, cron, event_trigger

__all__ = [
    "api_auth",
    "approval",
    "backfill",
    "bad_parameter",
    "branch",
    "caching",
    "cancel",
    "concurrency_limit",
    "cron",
    "durable",
    "dynamic_fan_out",
    "event_trigger",
    "fail_fast",
    "lineage",
    "loop",
    "partial_failure",
    "priority",
    "retry",
    "retry_on",
    "secrets",
    "step_logs",
    "sub_workflow",
    "timeout_cpu",
    "timeout_sleep",
    "tracking",
    "type_mismatch",
    "use_secret",
    "user_interface",
]
