"""The page of criteria: indicators with their bounds, levels, weight profiles."""

from __future__ import annotations

from typing import Any

from docs.generate.markdown import code, page, prose, table
from harness.matrix import criteria, weights
from harness.matrix.model import Indicator

_HEADINGS = ("indicator", "kind", "worst", "best", "scale", "modes", "weight", "why these bounds")


def selection() -> str:
    """Return the page of ``criteria.toml`` and of the weight profiles."""
    asked = criteria.read()
    profiles = weights.read(asked.criteria)
    count = len(asked.indicators())
    parts = [
        f"{len(asked.criteria)} criteria, made of {count} indicators. An indicator is a reading on "
        "bounds that are fixed, so that another framework does not change the points of others. "
        "[Selection](../explanation/selection.md) explains how points become a ranking; "
        "[Choose by your own criteria](../how-to/own-criteria.md) changes weights and bounds.",
        "**measured** comes from a run, **probed** from a [probe](probes.md), **sourced** from "
        "`facts.toml` or the package index, **judged** from the adapter's author alone. Modes "
        "*same*: only readings of the compared mode count; *any*: the best of all modes counts.",
        "## Levels",
        "A probe's verdict counts as:",
        table(
            ("verdict", "points", "why"),
            [
                (code(n), f"{each.value * 100:g}", prose(each.why))
                for n, each in asked.levels.items()
            ],
        ),
    ]
    for name, each in asked.criteria.items():
        parts += [f"## {each.title}", f"`{name}`: {prose(each.asks)}"]
        parts.append(table(_HEADINGS, map(_indicator, each.indicators)))
    return page("Criteria and bounds", "harness/matrix/criteria.toml", *parts, *_weights(profiles))


def _indicator(each: Indicator) -> tuple[str, ...]:
    worst, best = (each.low, each.high) if each.better == "higher" else (each.high, each.low)
    levels = each.scale == "levels"
    return (
        f"{prose(each.title)}<br>{code(each.id)}",
        each.kind,
        "–" if levels else _value(worst, each.unit),
        "–" if levels else _value(best, each.unit),
        each.scale,
        each.mode,
        f"{each.weight:g}",
        prose(each.why),
    )


def _value(value: float, unit: str) -> str:
    return f"{value:,.9g} {prose(unit)}".strip()


def _weights(profiles: Any) -> list[str]:
    names = list(profiles.profiles)
    keys = dict.fromkeys(key for each in profiles.profiles.values() for key in each.weights)
    rows = [
        (code(key), *(f"{profiles.profiles[name].weights.get(key, 0):g}" for name in names))
        for key in keys
    ]
    sure = profiles.uncertainty
    return [
        "## Weight profiles",
        "Weights that `harness matrix --profile NAME` gives each criterion; only ratios matter.",
        table(
            ("profile", "reader", "in short"),
            [(code(n), prose(e.title), prose(e.about)) for n, e in profiles.profiles.items()],
        ),
        table(("criterion", *map(code, names)), rows),
        f"`P(1st)` is from {sure.draws:,} draws with seed {sure.seed}; weights are drawn from a "
        f"Dirichlet distribution around the given ones, with concentration "
        f"{sure.concentration:g}.",
    ]
