"""What was found out: by probes, by other interpreters and modes, by setting up, elsewhere."""

from __future__ import annotations

from harness.model import ProbeVerdict
from harness.report.chapters import merging
from harness.report.document import (
    AnyPart,
    Code,
    Fall,
    Link,
    Matrix,
    Note,
    Section,
    Stage,
    Waterfall,
)
from harness.report.gather.material import Material
from harness.report.tables import facts as fact_tables
from harness.report.tables import portability as portability_table
from harness.report.tables import probes as probe_tables
from harness.report.tables import setups
from harness.setup.model import PARTS, SetupCost


def answer(material: Material) -> Section:
    """Who wins, for whose weights, how surely."""
    choice = material.choice
    parts: tuple[AnyPart, ...] = (Note(text=material.no_choice, tone="warning"),)
    if choice is not None:
        parts = (
            Matrix(
                title=f"Selection matrix: {choice.answer.whose}, mode {choice.answer.mode}",
                sentence=choice.sentence,
                answer=choice.answer,
                criteria=choice.criteria,
                profiles=choice.profiles,
                dissent=choice.dissent,
                links=choice.links,
                choices=choice.choices,
            ),
        )
    return Section(
        "answer",
        "The answer",
        "Each reading lies between fixed bounds, so that nobody's points depend on who else is "
        "there; what is not known widens the interval.",
        parts,
    )


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


def portability(material: Material) -> Section:
    """Where the unchanged workload gave the same answer."""
    pythons = {name: text for run in material.runs for name, text in run.view.pythons.items()}
    parts: list[AnyPart] = []
    for experiment in merging.experiments(material.runs):
        if experiment.estimates == "portability":
            parts += portability_table.parts(pythons, experiment)
    return Section(
        "portability",
        "Portability",
        "The unchanged workload in all modes and on all interpreters of this machine.",
        tuple(parts),
    )


def setting_up(material: Material) -> Section:
    """What it takes from nothing to the first verified run."""
    parts: list[AnyPart] = []
    if material.setups:
        falls = tuple(
            _fall(cost, cache, link)
            for cost, link in material.setups
            for cache in ("empty", "filled")
        )
        parts.append(
            Waterfall(
                title="from nothing to the first verified run",
                alt="Seconds by stage: "
                + "; ".join(f"{f.label}: {sum(s.lasts_s for s in f.stages):.0f} s" for f in falls),
                falls=falls,
            )
        )
        parts += setups.tables([cost for cost, _ in material.setups])
    return Section(
        "setup",
        "Set-up",
        "From an empty environment to the first verified run, with an empty and with a filled "
        "package cache.",
        tuple(parts),
    )


def _fall(cost: SetupCost, cache: str, link: Link | None) -> Fall:
    seconds = cost.cold_s if cache == "empty" else cost.warm_s
    stages, start_s = [], 0.0
    for part in PARTS:
        lasts_s = seconds.get(part, 0.0)
        stages.append(Stage(part, start_s, lasts_s))
        start_s += lasts_s
    return Fall(
        f"{cost.framework}/{cost.mode}, cache {cache}",
        cost.framework,
        cost.mode,
        tuple(stages),
        (link,) if link else (),
    )


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


def facts(material: Material) -> Section:
    """What cannot be measured by running, each with its source and date."""
    return Section(
        "facts",
        "What cannot be measured by running",
        "From the package index, and from named sources; what nobody could source is unknown.",
        tuple(fact_tables.parts(material.known)) if material.known else (),
    )
