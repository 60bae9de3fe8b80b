"""Known verdicts of probes on MLflow without a server."""

from __future__ import annotations

import json

import pytest

from harness.home import Home

from .probing import by_hand, verdicts

pytestmark = pytest.mark.framework


def test_verdicts_on_one_process_are_the_known_ones(home: Home) -> None:
    known = {
        "branch": "partly",
        "partial_failure": "unsupported",
        "sub_workflow": "works",
        "retry": "unsupported",
        "user_interface": "needs a service",
        "tracking": "works",
        "model_registry": "works",
        "lineage": "works",
        "serving": "works",
    }
    assert verdicts(home, "mlflow", *known) == known


@pytest.mark.thorough
def test_a_killed_run_stays_running_in_a_native_script(home: Home) -> None:
    found = json.loads(by_hand(home, "mlflow", "mlflow_killed"))
    assert found["after"] == {"killed": "RUNNING", "step": "RUNNING"}
    # Resumed by its id, the record is ended; that of its step is not.
    assert found["resumed"] == {"killed": "FINISHED", "step": "RUNNING"}


@pytest.mark.thorough
def test_a_native_script_finds_what_is_accepted_but_ignored(home: Home) -> None:
    found = json.loads(by_hand(home, "mlflow", "mlflow_ignored"))
    assert found["killed"] == ["KILLED", "FINISHED"]  # cancel
    assert found["typed"] == "abc"  # bad_parameter of projects
    assert found["cancelled"] == ["FAILED", "RUNNING"]  # cancel of projects
