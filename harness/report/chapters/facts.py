"""Chapter on facts: releases, integrations and named sources."""

from __future__ import annotations

from harness.report.document import Section
from harness.report.material import Material
from harness.report.tables import facts as fact_tables


def facts(material: Material) -> Section:
    """What cannot be measured by running, each with its source and date."""
    return Section(
        "facts",
        "What cannot be measured by running",
        "From the package index, and from named sources; what nobody could source is unknown.",
        tuple(fact_tables.parts(material.known)) if material.known else (),
    )
