"""The selection matrix as a page shows it, and as its script gets it."""

from __future__ import annotations

import functools
from typing import Any

from harness.matrix.answer import elsewhere
from harness.matrix.constraints import Constraint
from harness.matrix.model import Indicator, Point, Removed, Score, Scored, Standing
from harness.matrix.ranking import tenths
from harness.probes.registry import every
from harness.report.document import Link, Matrix
from harness.report.tables.matrix import bounds, circumstances, value_text


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
        return f"{tenths(span.share)}% of all; same winner {span.low:.0%}–{span.high:.0%}"

    def within(self, score: Score) -> str:
        """A score with half of its interval."""
        return f"{score.mid * 100:.0f} ± {(score.high - score.low) * 50:.0f}"

    def asks(self, choice: Constraint) -> str:
        """What a choice is about, in words: a probe's title, or an attribute as it is."""
        probe = every().get(choice.text)
        return probe.title if probe else choice.text.replace("=", " ")

    def points(self, value: float) -> str:
        """A score as points of 100."""
        return tenths(value)

    def said(self, indicator: Indicator, point: Point) -> str:
        """A reading as it is shown."""
        return value_text(point.reading, indicator.unit)

    def bounds(self, indicator: Indicator) -> str:
        """Its kind, and from what to what its points go."""
        return bounds(indicator)

    def circumstances(self, point: Point) -> str:
        """In which mode and when it was read."""
        return circumstances(point.reading) if point.reading else ""

    def sources(self, point: Point) -> list[Link]:
        """Where a reading can be looked up."""
        found = point.reading.sources if point.reading else ()
        return [self.part.links.get(each) or Link(each, "") for each in found]

    def elsewhere(self) -> str:
        """How much was read in other modes; empty if nothing was."""
        return elsewhere(self.answer)

    def place(self, framework: str) -> str:
        """Where one framework stands, in a sentence; empty if it is not in this matrix."""
        found = self.answer
        for each in found.standings:
            if each.framework == framework:
                score = each.score
                return (
                    f"For {found.whose}, mode {found.mode}: {each.rank}. of {len(found.standings)} "
                    f"with {tenths(score.mid)} points ({tenths(score.low)}–{tenths(score.high)}), "
                    f"first with probability {found.chances[framework]:.2f}."
                )
        return next(
            (
                f"{how.capitalize()}: {e.reason}"
                for how, e in self.aside
                if e.framework == framework
            ),
            "",
        )

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
            "choices": self.choices,
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
