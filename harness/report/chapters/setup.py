"""Chapter on set-up: time and effort from an empty environment to a verified run."""

from __future__ import annotations

from harness.report.document import AnyPart, Fall, Link, Section, Stage, Waterfall
from harness.report.material import Material
from harness.report.tables import setups
from harness.setup.model import PARTS, SetupCost


def setup(material: Material) -> Section:
    """Return the chapter on the time and effort of setting each framework up."""
    parts: list[AnyPart] = []
    if material.setups:
        falls = tuple(
            _fall(cost, cache, link)
            for cost, link in material.setups
            for cache in ("empty", "filled")
        )
        parts.append(
            Waterfall(
                title="from an empty environment to the first verified run",
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
