"""Criteria, scores and readings of frameworks that do not exist, made by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

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
NAMES = tuple(CRITERIA.criteria)
EQUAL = dict.fromkeys(NAMES, 1.0)


def reading(framework: str, indicator: str, value: float | None, **more: Any) -> Reading:
    """Make one reading, exact unless ``low`` and ``high`` say otherwise."""
    return Reading(framework=framework, indicator=indicator, value=value, **more)


def exact(framework: str, **mids: float) -> Scored:
    """Make exact scores on these criteria."""
    return ranged(framework, {name: (mid, mid, mid) for name, mid in mids.items()})


def ranged(framework: str, scores: Mapping[str, tuple[float, float, float]]) -> Scored:
    """Make scores on these criteria: low, mid, high."""
    return Scored(
        framework, {name: CriterionScore(Score(*each), 1.0, ()) for name, each in scores.items()}
    )


mids = st.fixed_dictionaries({name: st.integers(0, 100).map(lambda n: n / 100) for name in NAMES})
several = st.dictionaries(st.sampled_from("abcdefg"), mids, min_size=2, max_size=6).map(
    lambda found: [exact(name, **each) for name, each in found.items()]
)
weights = st.fixed_dictionaries({name: st.integers(0, 20).map(float) for name in NAMES}).filter(
    lambda given: any(given.values())
)
