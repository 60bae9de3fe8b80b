"""Kill of the process of a running step."""

from __future__ import annotations

from harness.probes.crashes import kill_probe

PROBE = kill_probe(
    "kill_step",
    "Kill of a step's process",
    "Does a run survive when a step's process is killed?",
    kill="step",
)
