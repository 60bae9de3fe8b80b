"""Known verdicts of probes on flytekit's local execution."""

from __future__ import annotations

import pytest

from harness.home import Home

from .probing import by_hand, verdicts

pytestmark = pytest.mark.framework

KNOWN = {
    "retry": "accepted but ignored",
    "branch": "works",
    "partial_failure": "partly",  # not by a policy, only by an @eager workflow
    "caching": "works",
    "bad_parameter": "works",
    "cron": "needs a service",
}


def test_verdicts_on_local_execution_are_the_known_ones(home: Home) -> None:
    assert verdicts(home, "flyte", *KNOWN) == KNOWN


def test_a_task_is_tried_once_in_a_native_script_too(home: Home) -> None:
    assert by_hand(home, "flyte", "flyte_retries") == "1"
