"""Known verdicts of probes on TFX, whose local runner takes settings that it does not use."""

from __future__ import annotations

import pytest

from harness.home import Home

from .probing import by_hand, verdicts

pytestmark = pytest.mark.framework


def test_verdicts_on_one_process_are_the_known_ones(home: Home) -> None:
    known = {
        "branch": "works",
        "dynamic_fan_out": "unsupported",
        "partial_failure": "accepted but ignored",
        "caching": "partly",
        "retry": "accepted but ignored",
        "secrets": "partly",
        "type_mismatch": "works",
        "lineage": "works",
    }
    assert verdicts(home, "tfx", *known) == known


@pytest.mark.thorough
def test_a_component_with_retries_is_tried_once_in_a_native_script_too(home: Home) -> None:
    assert by_hand(home, "tfx", "tfx_retries") == "1"


@pytest.mark.thorough
def test_a_loop_runs_nothing_and_reports_nothing_in_a_native_script_too(home: Home) -> None:
    assert by_hand(home, "tfx", "tfx_for_each") == "ended without an error; 0 of 3 ran"
