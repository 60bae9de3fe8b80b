"""Kill of the database, which is started again."""

from __future__ import annotations

from harness.probes.crashes import kill_probe

PROBE = kill_probe(
    "kill_database",
    "Kill of the database",
    "What becomes of a run when the database is killed?",
    kill="database",
)
