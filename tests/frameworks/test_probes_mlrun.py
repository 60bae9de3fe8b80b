"""What probes say of MLRun without its API service, where the truth is known."""

from __future__ import annotations

import pytest

from harness.home import Home

from .probing import by_hand, verdicts

pytestmark = pytest.mark.framework


def test_one_process_does_what_is_known_of_it(home: Home) -> None:
    found = verdicts(home, "mlrun", "retry", "dynamic_fan_out", "type_mismatch", "tracking")
    assert found == {
        "retry": "needs a service",
        "dynamic_fan_out": "works",
        "type_mismatch": "accepted but ignored",
        "tracking": "needs a service",
    }


def test_a_run_is_tried_once_without_our_machinery_too(home: Home) -> None:
    assert by_hand(home, "mlrun", "mlrun_retries") == "1"
