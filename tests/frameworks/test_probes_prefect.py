"""Known verdicts of probes on Prefect without a server of its own."""

from __future__ import annotations

import json

import pytest

from harness.home import Home

from .probing import by_hand, verdicts

pytestmark = pytest.mark.framework


def test_verdicts_on_one_process_are_the_known_ones(home: Home) -> None:
    known = {
        "retry": "works",
        "timeout_sleep": "partly",
        "timeout_cpu": "works",
        "type_mismatch": "accepted but ignored",
        "bad_parameter": "works",
        "cron": "needs a service",
        "event_trigger": "works",
        "backfill": "works",
    }
    assert verdicts(home, "prefect", *known) == known


def test_a_native_script_finds_the_same(home: Home) -> None:
    found = json.loads(by_hand(home, "prefect", "prefect_probes"))
    submitted_s, called_s, pooled_s = found["ran_s"]
    assert len(found["gaps_s"]) == 2  # retry: three attempts
    assert min(found["gaps_s"]) >= 0.9
    assert submitted_s >= 5  # timeout_sleep: to its end, in a thread
    assert called_s < 4  # and cut short, in the main one
    assert pooled_s < 4  # and in a process of its own
    assert found["refused"]  # bad_parameter
