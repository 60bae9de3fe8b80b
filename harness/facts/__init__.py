"""Facts of frameworks that no run measures: from the package index, or from the web.

:func:`load` reads both from the disk alone; only ``refresh`` queries the index.
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
