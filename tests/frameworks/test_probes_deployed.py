"""Known verdicts of probes on control planes and on distributed engines."""

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
        "retry": "partly",  # retries are immediate
        "cancel": "partly",  # a running body is not stopped
        "caching": "unsupported",
        "kill_worker": "partly",  # results that were on the worker are computed again
    },
}


@pytest.mark.parametrize(("framework", "mode"), KNOWN)
def test_verdicts_on_deployed_modes_are_the_known_ones(
    home: Home, framework: str, mode: str
) -> None:
    known = KNOWN[framework, mode]
    assert verdicts(home, framework, *known, mode=mode, timeout=1500) == known
