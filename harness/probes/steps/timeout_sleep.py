"""Timeout of a step that sleeps for too long."""

from __future__ import annotations

from harness.probes.timeouts import timeout_probe

PROBE = timeout_probe(
    "timeout_sleep",
    "Timeout of a waiting step",
    "Is a step that sleeps for too long ended, and when?",
    function="sleep",
)
