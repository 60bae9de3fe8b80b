"""What probes say of control planes and of engines over hosts, where the truth is known."""

from __future__ import annotations

import pytest

from harness.home import Home

from .probing import verdicts

pytestmark = [pytest.mark.framework, pytest.mark.thorough]

KNOWN = {
    ("airflow", "server-postgres"): {
        "retry": "works",
        "timeout_cpu": "works",  # a task is a process, which is killed
        "cancel": "works",
        "backfill": "works",
        "resources": "accepted but ignored",  # LocalExecutor has no limits
        "type_mismatch": "accepted but ignored",  # XComs have no types
        "kill_step": "works",  # a retry of the task
    },
    ("prefect", "server-worker"): {
        "retry": "works",
        "cancel": "partly",  # the worker waits 30 s before it kills
        "cron": "works",
        "timeout_sleep": "partly",  # a thread cannot be stopped
        "kill_step": "works",  # the run is crashed, and an automation schedules it again
    },
    ("plain", "distributed"): {
        "retry": "partly",  # there is no delay
        "cancel": "partly",  # a body that runs is not stopped
        "caching": "unsupported",
        "kill_worker": "partly",  # what was computed there is computed again
    },
}


@pytest.mark.parametrize(("framework", "mode"), KNOWN)
def test_what_is_known_is_found(home: Home, framework: str, mode: str) -> None:
    known = KNOWN[framework, mode]
    assert verdicts(home, framework, *known, mode=mode, timeout=1500) == known
