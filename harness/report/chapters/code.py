"""Chapter on code: one workload as each framework's own project."""

from __future__ import annotations

from harness.report.document import Code, Section
from harness.report.material import Material


def code(material: Material) -> Section:
    """The same pipeline in each framework's own idiom."""
    return Section(
        "code",
        "The same pipeline as native code",
        f"{material.workload} as `harness export` writes it: it needs nothing of this project."
        if material.listings
        else "",
        (Code(title=material.workload, listings=material.listings),) if material.listings else (),
    )
