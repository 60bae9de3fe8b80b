"""Kill of the worker, with all steps that it runs."""

from __future__ import annotations

from harness.probes.crashes import kill_probe

PROBE = kill_probe(
    "kill_worker",
    "Kill of the worker",
    "Does a run survive when its worker is killed?",
    kill="worker",
)
