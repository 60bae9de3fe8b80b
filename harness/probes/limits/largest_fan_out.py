"""More and more steps side by side."""

from __future__ import annotations

from harness.probes.ladder import limit_probe

PROBE = limit_probe(
    "largest_fan_out",
    "Largest fan-out",
    "How many steps can a run have side by side?",
    sizes=[10, 100, 1000, 2000, 5000],
    enough=100,
    unit="steps",
)
