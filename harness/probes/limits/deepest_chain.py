"""Longer and longer chains of steps."""

from __future__ import annotations

from harness.probes.ladder import limit_probe

PROBE = limit_probe(
    "deepest_chain",
    "Deepest chain",
    "How many steps can a run have one after another?",
    sizes=[10, 100, 500, 1000, 2000],
    enough=100,
    unit="steps",
)
