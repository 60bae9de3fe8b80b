"""Kill of the scheduler or server, which is started again."""

from __future__ import annotations

from harness.probes.crashes import kill_probe

PROBE = kill_probe(
    "kill_scheduler",
    "Kill of the scheduler or server",
    "What becomes of a run when the scheduler or server is killed?",
    kill="scheduler",
)
