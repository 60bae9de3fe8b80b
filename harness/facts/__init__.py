"""What is known of a framework beside what was run: measured from the package index, or sourced.

:func:`load` gives both from the disk alone; only ``refresh`` asks the index.
"""

from __future__ import annotations

from harness.facts.model import MEASURED, SOURCED, TARGETS, Fact, FrameworkFacts, Integration
from harness.facts.snapshot import all_known, load

__all__ = [
    "MEASURED",
    "SOURCED",
    "TARGETS",
    "Fact",
    "FrameworkFacts",
    "Integration",
    "all_known",
    "load",
]
