"""Kill of every process of a trial at once; the services are started again."""

from __future__ import annotations

from harness.probes.crashes import kill_probe

PROBE = kill_probe(
    "kill_all",
    "Kill of everything",
    "What becomes of a run when the machine dies?",
    kill="all",
)
