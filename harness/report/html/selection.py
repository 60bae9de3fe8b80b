"""The selection matrix as a page shows it, and as its script gets it."""

from __future__ import annotations

import functools
from typing import Any

from harness.matrix.model import Indicator, Point, Removed, Score, Scored, Standing
from harness.matrix.ranking import standings, tenths
from harness.report.document import Choice, Link, Matrix
from harness.report.matrix import value_text


class Selection:
    """A matrix with what templates ask of it."""

    def __init__(self, part: Matrix) -> None:
        self.part = part
        self.answer = part.answer
        self.criteria = part.criteria.criteria
        self.choices = part.choices

    @functools.cached_property
    def ranked(self) -> list[tuple[Scored, Standing | None]]:
        """All frameworks: those that are ranked in their order, then the others."""
        known = {each.framework: each for each in self.answer.scored}
        order = [each.framework for each in self.answer.standings]
        rest = [name for name in known if name not in order]
        place = {each.framework: each for each in self.answer.standings}
        return [(known[name], place.get(name)) for name in [*order, *rest]]

    @functools.cached_property
    def aside(self) -> list[tuple[str, Removed]]:
        """Who is not ranked, and in which way."""
        removed = [("removed", each) for each in self.answer.removed]
        return removed + [("not ranked", each) for each in self.answer.unranked]

    @functools.cached_property
    def weights(self) -> list[tuple[str, float]]:
        """Of each criterion, so that all add up to 100."""
        whole = sum(self.answer.weights.values())
        return [(name, weight * 100 / whole) for name, weight in self.answer.weights.items()]

    def stays(self, name: str) -> str:
        """Its share, and between which shares the winner is the same."""
        span = self.answer.spans[name]
        if len(self.answer.standings) < 2:
            return ""
        return f"{span.share:.0%} of all; same winner {span.low:.0%}–{span.high:.0%}"

    def within(self, score: Score) -> str:
        """A score with half of its interval."""
        return f"{score.mid * 100:.0f} ± {(score.high - score.low) * 50:.0f}"

    def points(self, value: float) -> str:
        """A score as points of 100."""
        return tenths(value)

    def said(self, indicator: Indicator, point: Point) -> str:
        """A reading as it is shown."""
        return value_text(point.reading, indicator.unit)

    def bounds(self, indicator: Indicator) -> str:
        """From what to what an indicator's points go."""
        if indicator.scale == "levels":
            return "by verdict"
        ends = (f"{indicator.low:g}", f"{indicator.high:g} {indicator.unit}".rstrip())
        less = ", less is better" if indicator.better == "lower" else ""
        return f"{' to '.join(ends)}, {indicator.scale}{less}"

    def sources(self, point: Point) -> list[Link]:
        """Where a reading can be looked up."""
        found = point.reading.sources if point.reading else ()
        return [self.part.links.get(each) or Link(each, "") for each in found]

    def of(self, framework: str) -> Scored | None:
        """One framework's scores."""
        return next((e for e in self.answer.scored if e.framework == framework), None)

    def data(self) -> dict[str, Any]:
        """What the script gets; numbers as exactly as they are."""
        names = list(self.answer.weights)
        return {
            "criteria": [{"name": name, "title": self.criteria[name].title} for name in names],
            "frameworks": [_framework(each, names) for each in self.answer.scored],
            "unranked": {each.framework: each.reason for each in self.answer.unranked},
            "removed": {each.framework: each.reason for each in self.answer.removed},
            "profiles": {
                key: {
                    "title": each.title,
                    "weights": [each.weights.get(name, 0.0) for name in names],
                }
                for key, each in self.part.profiles.profiles.items()
            },
            "weights": [self.answer.weights[name] for name in names],
            "whose": self.answer.whose,
            "mode": self.answer.mode,
            "readings": self.answer.readings,
            "sentence": self.part.sentence,
            "chances": self.answer.chances,
            "choices": list[Choice](self.choices),
            "uncertainty": self.part.profiles.uncertainty,
        }


def _framework(scored: Scored, names: list[str]) -> dict[str, Any]:
    criteria = (scored.criteria[name] for name in names)
    return {
        "name": scored.framework,
        "scores": [
            [each.score.low, each.score.mid, each.score.high, each.known] for each in criteria
        ],
    }


def won(part: Matrix) -> dict[str, str]:
    """Who is first, by profile: as ``harness matrix --profile`` says."""
    aside = {each.framework for each in (*part.answer.removed, *part.answer.unranked)}
    candidates = [each for each in part.answer.scored if each.framework not in aside]
    found = {}
    for key, profile in part.profiles.profiles.items():
        weights = {name: profile.weights.get(name, 0.0) for name in part.answer.weights}
        found[key] = ", ".join(
            each.framework for each in standings(candidates, weights) if each.rank == 1
        )
    return found
