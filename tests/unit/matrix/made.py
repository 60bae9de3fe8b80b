"""Criteria, scores and readings of frameworks that do not exist, made by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.matrix.model import (
    Criteria,
    Criterion,
    CriterionScore,
    Indicator,
    Level,
    Reading,
    Score,
    Scored,
)
from harness.matrix.weights import Uncertainty

SURE = Uncertainty(draws=2_000, seed=7, concentration=1e9)
UNSURE = Uncertainty(draws=2_000, seed=7, concentration=50)

LEVELS = {
    "works": Level(1.0, ""),
    "partly": Level(0.5, ""),
    "unsupported": Level(0.1, ""),
    "accepted but ignored": Level(0.0, ""),
}

OVERHEAD = Indicator(
    id="overhead",
    title="overhead",
    kind="measured",
    unit="s",
    better="lower",
    scale="log",
    low=0.001,
    high=10,
    mode="same",
    why="",
)
STARS = Indicator(
    id="stars", title="stars", kind="sourced", unit="stars", scale="linear", high=10, why=""
)
CRON = Indicator(id="cron", title="a schedule", kind="probed", why="")
WIDEST = Indicator(
    id="widest",
    title="widest",
    kind="measured",
    unit="steps",
    scale="log",
    low=100,
    high=10_000,
    weight=3,
    why="",
)
CRITERIA = Criteria(
    LEVELS,
    {
        "speed": Criterion("speed", "Is it fast?", (OVERHEAD,)),
        "people": Criterion("people", "Is it known?", (STARS,)),
        "does": Criterion("what it does", "Does it?", (CRON, WIDEST)),
    },
)
EQUAL = dict.fromkeys(CRITERIA.criteria, 1.0)


def reading(framework: str, indicator: str, value: float | None, **more: Any) -> Reading:
    """One reading, exact unless ``low`` and ``high`` say otherwise."""
    return Reading(framework=framework, indicator=indicator, value=value, **more)


def exact(framework: str, **mids: float) -> Scored:
    """Scored on these criteria, without any doubt."""
    return ranged(framework, {name: (mid, mid, mid) for name, mid in mids.items()})


def ranged(framework: str, scores: Mapping[str, tuple[float, float, float]]) -> Scored:
    """Scored on these criteria: low, mid, high."""
    return Scored(
        framework, {name: CriterionScore(Score(*each), 1.0, ()) for name, each in scores.items()}
    )
