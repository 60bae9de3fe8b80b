"""Chapter on portability: the unchanged workload in all modes, on all interpreters."""

from __future__ import annotations

from harness.report.chapters import merging
from harness.report.document import AnyPart, Section
from harness.report.material import Material
from harness.report.tables import portability as portability_table


def portability(material: Material) -> Section:
    """Return the chapter on the modes and interpreters that gave plain Python's result."""
    pythons = {name: text for run in material.runs for name, text in run.summary.pythons.items()}
    parts: list[AnyPart] = []
    for experiment in merging.experiments(material.runs):
        if experiment.estimates == "portability":
            parts += portability_table.parts(pythons, experiment)
    return Section(
        "portability",
        "Portability",
        "Results of the unchanged workload in all modes and on all interpreters of the machine.",
        tuple(parts),
    )
