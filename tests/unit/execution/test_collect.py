"""Collection of a trial: evidence of processes that it left running."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.execution.collect import collect
from harness.execution.job import Job
from harness.model import PlannedTrial, Timeouts
from harness.processes.child import Ending
from tests.unit.made_frameworks import PLAIN


def ending(*, killed: bool, code: int = 0) -> Ending:
    return Ending(
        spawned_ns=0,
        ended_ns=1,
        returncode=code,
        killed=killed,
        survivors=["postgres -D data"],
        source="psutil",
        cpu_user_s=0.0,
        cpu_system_s=0.0,
        peak_pss_bytes=None,
        memory=None,
        peak_processes=None,
        peak_threads=None,
        written_bytes=None,
        output_bytes=0,
        sampler_cpu_s=0.0,
        supervisor_cpu_s=0.0,
    )


@pytest.mark.parametrize("killed", [True, False])
def test_a_killed_worker_is_not_blamed_for_processes_left_running(
    tmp_path: Path, killed: bool
) -> None:
    planned = PlannedTrial("t", 1, "plain", "inprocess", 1, [])
    job = Job(planned, PLAIN, [], Timeouts(), tmp_path, tmp_path, [])
    result = collect(job, ending(killed=killed), ("execute", 2.0) if killed else None)
    left = [text for text in result.evidence if text.startswith("left running")]
    assert left == ([] if killed else ["left running, and was killed: postgres -D data"])


@pytest.mark.parametrize(
    ("code", "how"),
    [
        (3, "ended with exit code 3"),
        (-11, "was ended by SIGSEGV"),
        (-40, "was ended by signal 40"),
    ],
)
def test_the_end_of_a_process_has_a_name(code: int, how: str) -> None:
    assert ending(killed=False, code=code).how == how
