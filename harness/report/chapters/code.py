"""Chapter on code: one workload as each framework's own project."""

from __future__ import annotations

from harness.report.document import Code, Section
from harness.report.material import Material


def code(material: Material) -> Section:
    """Return the chapter with the code of the same pipeline for each framework."""
    return Section(
        "code",
        "The same pipeline as native code",
        f"{material.workload} as `harness export` writes it; it runs without this project."
        if material.listings
        else "",
        (Code(title=material.workload, listings=material.listings),) if material.listings else (),
    )
