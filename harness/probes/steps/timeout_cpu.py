"""Timeout of a step that computes for too long."""

from __future__ import annotations

from harness.probes.timeouts import timeout_probe

PROBE = timeout_probe(
    "timeout_cpu",
    "Timeout of a computing step",
    "Is a step that computes for too long ended, and when?",
    function="spin",
)
