"""What probes say of flytekit's local execution, where the truth is known."""

from __future__ import annotations

import pytest

from harness.home import Home

from .probing import by_hand, verdicts

pytestmark = pytest.mark.framework

KNOWN = {
    "retry": "accepted but ignored",
    "branch": "works",
    "partial_failure": "partly",  # no policy, but what an @eager workflow gathers
    "caching": "works",
    "bad_parameter": "works",
    "cron": "needs a service",
}


def test_local_execution_does_what_is_known_of_it(home: Home) -> None:
    assert verdicts(home, "flyte", *KNOWN) == KNOWN


def test_a_task_is_tried_once_without_our_machinery_too(home: Home) -> None:
    assert by_hand(home, "flyte", "flyte_retries") == "1"
