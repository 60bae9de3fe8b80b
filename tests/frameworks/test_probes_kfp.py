"""Known verdicts of probes on kfp's local execution."""

from __future__ import annotations

import json

import pytest

from harness.home import Home

from .probing import by_hand, verdicts

pytestmark = pytest.mark.framework

KNOWN = {
    "retry": "works",
    "branch": "works",
    "partial_failure": "unsupported",
    "caching": "works",
    "timeout_sleep": "accepted but ignored",
    "resources": "needs a service",  # a warning says that the limit is ignored
    "type_mismatch": "works",
    "tracking": "partly",  # metrics, but not parameters
    "cron": "needs a service",
    "event_trigger": "unsupported",
}


def test_verdicts_on_local_execution_are_the_known_ones(home: Home) -> None:
    assert verdicts(home, "kfp", *KNOWN) == KNOWN


@pytest.mark.thorough
def test_independent_steps_run_in_any_order_in_a_native_script_too(home: Home) -> None:
    assert by_hand(home, "kfp", "kfp_order") == "True"


@pytest.mark.thorough
def test_a_deadline_is_ignored_and_a_cache_key_replaces_inputs_by_hand(home: Home) -> None:
    found = json.loads(by_hand(home, "kfp", "kfp_settings"))
    assert found == {"slept_s": 3.0, "squares": [4, 4]}
