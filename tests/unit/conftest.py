"""Shared setup of the unit tests: Hypothesis without deadlines, serial runs of workloads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from workloads.dag import Workload
from workloads.execute import run_serially

# No deadline: load from other processes must not fail a test.
settings.register_profile(
    "unit",
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("unit")

Results = dict[str, Any]


@pytest.fixture
def serially(tmp_path: Path) -> Callable[[Workload], Results]:
    """Return a function that runs a workload in this process and returns its named outputs."""

    def run(workload: Workload) -> Results:
        results = run_serially(workload, str(tmp_path / "events"), str(tmp_path / "artifacts"))
        return workload.select(results)

    return run
