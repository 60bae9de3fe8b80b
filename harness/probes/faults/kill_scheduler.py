"""Kill of the scheduler or server, which is restarted."""

from __future__ import annotations

from harness.probes.crashes import kill_probe

PROBE = kill_probe(
    "kill_scheduler",
    "Kill of the scheduler or server",
    "Does a run survive when the scheduler or server is killed?",
    kill="scheduler",
)
