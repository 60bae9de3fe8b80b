"""Kill of all processes at once; the services are restarted."""

from __future__ import annotations

from harness.probes.crashes import kill_probe

PROBE = kill_probe(
    "kill_all",
    "Kill of everything",
    "Does a run survive when the machine dies?",
    kill="all",
)
