"""Chapter on probes: verdicts on the actual behaviour of each framework."""

from __future__ import annotations

from harness.model import ProbeVerdict
from harness.report.document import AnyPart, Link, Note, Section
from harness.report.material import Material
from harness.report.tables import probes as probe_tables


def probes(material: Material) -> Section:
    """Return the chapter on probes; where two runs have the same probe, the first counts."""
    first: dict[tuple[str, str, str], tuple[ProbeVerdict, tuple[Link, ...]]] = {}
    for run in material.runs:
        for each, links in run.probes:
            first.setdefault((each.framework, each.mode, each.probe), (each, links))
    parts: tuple[AnyPart, ...] = ()
    if first:
        roles = {name: role for run in material.runs for name, role in run.roles.items()}
        evidence = {key: links for key, (_, links) in first.items()}
        parts = (
            probe_tables.whole([v for v, _ in first.values()], links=evidence, roles=roles),
            Note(text=probe_tables.LEGEND, tone="dim"),
        )
    return Section(
        "probes",
        "Probes: actual behaviour",
        "Each probe runs a small pipeline of the framework's own constructs; its verdict follows "
        "from what was recorded.",
        parts,
    )
