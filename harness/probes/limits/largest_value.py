"""Larger and larger values between two steps."""

from __future__ import annotations

from harness.probes.ladder import limit_probe

PROBE = limit_probe(
    "largest_value",
    "Largest value",
    "How large may a value between two steps be?",
    sizes=[1000, 100_000, 1_000_000, 10_000_000, 100_000_000],
    enough=10_000_000,
    unit="bytes",
)
