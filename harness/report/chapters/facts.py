"""Chapter on facts: releases, integrations and named sources."""

from __future__ import annotations

from harness.report.document import Section
from harness.report.material import Material
from harness.report.tables import facts as fact_tables


def facts(material: Material) -> Section:
    """Return the chapter with facts that no run can measure, with source and date."""
    return Section(
        "facts",
        "Facts from other sources",
        "From the package index and from named sources; a fact without a source is unknown.",
        tuple(fact_tables.parts(material.known)) if material.known else (),
    )
