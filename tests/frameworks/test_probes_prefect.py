"""What probes say of Prefect without a server of its own, where the truth is known."""

from __future__ import annotations

import json

import pytest

from harness.home import Home

from .probing import by_hand, verdicts

pytestmark = pytest.mark.framework


def test_one_process_does_what_is_known_of_it(home: Home) -> None:
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


def test_the_same_is_found_without_our_machinery(home: Home) -> None:
    said = json.loads(by_hand(home, "prefect", "prefect_probes"))
    submitted_s, called_s, pooled_s = said["ran_s"]
    assert len(said["gaps_s"]) == 2  # retry: three attempts
    assert min(said["gaps_s"]) >= 0.9
    assert submitted_s >= 5  # timeout_sleep: to its end, in a thread
    assert called_s < 4  # and cut short, in the main one
    assert pooled_s < 4  # and in a process of its own
    assert said["refused"]  # bad_parameter
