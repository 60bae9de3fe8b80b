"""Chapter on probes: verdicts on what each framework really does."""

from __future__ import annotations

from harness.model import ProbeVerdict
from harness.report.document import AnyPart, Link, Note, Section
from harness.report.material import Material
from harness.report.tables import probes as probe_tables


def probes(material: Material) -> Section:
    """What each framework really does; of the same probe, the first run's verdict counts."""
    first: dict[tuple[str, str, str], tuple[ProbeVerdict, tuple[Link, ...]]] = {}
    for run in material.runs:
        for each, links in run.probes:
            first.setdefault((each.framework, each.mode, each.probe), (each, links))
    parts: tuple[AnyPart, ...] = ()
    if first:
        evidence = {key: links for key, (_, links) in first.items()}
        parts = (
            probe_tables.whole([each for each, _ in first.values()], links=evidence),
            Note(text=probe_tables.LEGEND, tone="dim"),
        )
    return Section(
        "probes",
        "What each framework really does",
        "A small pipeline of the framework's own constructs for each question; the verdict is "
        "read from what was recorded.",
        parts,
    )
