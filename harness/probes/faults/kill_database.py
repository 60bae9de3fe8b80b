"""Kill of the database, which is restarted."""

from __future__ import annotations

from harness.probes.crashes import kill_probe

PROBE = kill_probe(
    "kill_database",
    "Kill of the database",
    "Does a run survive when the database is killed?",
    kill="database",
)
