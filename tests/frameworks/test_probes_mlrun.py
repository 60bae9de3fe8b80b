"""Known verdicts of probes on MLRun without its API service."""

from __future__ import annotations

import pytest

from harness.home import Home

from .probing import by_hand, verdicts

pytestmark = pytest.mark.framework


def test_verdicts_on_one_process_are_the_known_ones(home: Home) -> None:
    known = {
        "retry": "needs a service",
        "dynamic_fan_out": "works",
        "type_mismatch": "accepted but ignored",
        "tracking": "needs a service",
        "sub_workflow": "partly",
        "fail_fast": "partly",
    }
    assert verdicts(home, "mlrun", *known) == known


def test_a_run_is_tried_once_in_a_native_script_too(home: Home) -> None:
    assert by_hand(home, "mlrun", "mlrun_retries") == "1"
