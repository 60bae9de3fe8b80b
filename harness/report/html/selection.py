"""Selection matrix for a page: texts for the template, data for the script."""

from __future__ import annotations

import functools
from typing import Any

from harness.matrix.answer import elsewhere, total_of
from harness.matrix.constraints import Constraint
from harness.matrix.model import Indicator, Point, Removed, Score, Scored, Standing
from harness.matrix.ranking import tenths
from harness.probes.registry import every
from harness.report.document import Link, Matrix
from harness.report.tables.formatting import ORCHESTRATOR
from harness.report.tables.matrix import bounds, circumstances, value_text


class Selection:
    """A matrix with the values that templates need."""

    def __init__(self, part: Matrix) -> None:
        self.part = part
        self.answer = part.answer
        self.criteria = part.criteria.criteria
        self.choices = part.choices

    @functools.cached_property
    def ranked(self) -> list[tuple[Scored, Standing | None]]:
        """Return all frameworks: the ranked ones in order, then the others."""
        known = {each.framework: each for each in self.answer.scored}
        order = [each.framework for each in self.answer.standings]
        rest = [name for name in known if name not in order]
        place = {each.framework: each for each in self.answer.standings}
        return [(known[name], place.get(name)) for name in [*order, *rest]]

    @functools.cached_property
    def columns(self) -> list[tuple[Scored, Standing | None]]:
        """Return the same frameworks without those that are not in the runs."""
        return [each for each in self.ranked if each[0].framework not in self.answer.absent]

    @functools.cached_property
    def aside(self) -> list[tuple[str, Removed]]:
        """Return the frameworks that are not in the ranking: how, and which."""
        removed = [("removed", each) for each in self.answer.removed]
        return removed + [("not ranked", each) for each in self.answer.unranked]

    @functools.cached_property
    def weights(self) -> list[tuple[str, float]]:
        """Return the weight of each criterion, scaled to a sum of 100."""
        whole = sum(self.answer.weights.values())
        return [(name, weight * 100 / whole) for name, weight in self.answer.weights.items()]

    def stays(self, name: str) -> str:
        """Return a criterion's share of the weight, and the shares that keep the winner."""
        span = self.answer.spans[name]
        if len(self.answer.standings) < 2:
            return ""
        return f"{tenths(span.share)}% of the weight; same winner at {span.low:.0%}–{span.high:.0%}"

    def within(self, score: Score) -> str:
        """Return a score in points, with half of its interval."""
        return f"{score.mid * 100:.0f} ± {(score.high - score.low) * 50:.0f}"

    def role(self, framework: str) -> str:
        """Return a framework's role; empty for an orchestrator."""
        role = self.answer.roles.get(framework, ORCHESTRATOR)
        return "" if role == ORCHESTRATOR else role

    def total(self, framework: str) -> str:
        """Return the points of any framework; empty if nothing is known of it."""
        one = next(each for each in self.answer.scored if each.framework == framework)
        shown = one.known and framework not in self.answer.absent
        return tenths(total_of(self.answer, one).mid) if shown else ""

    def asks(self, choice: Constraint) -> str:
        """Return the words of a choice: a probe's title, or an attribute as it is."""
        probe = every().get(choice.text)
        return probe.title if probe else choice.text.replace("=", " ")

    def points(self, value: float) -> str:
        """Return a score as points of 100."""
        return tenths(value)

    def said(self, indicator: Indicator, point: Point) -> str:
        """Return the text of a reading."""
        return value_text(point.reading, indicator.unit)

    def bounds(self, indicator: Indicator) -> str:
        """Return the kind of an indicator and the bounds of its points."""
        return bounds(indicator)

    def circumstances(self, point: Point) -> str:
        """Return mode, date and note of a reading."""
        return circumstances(point.reading) if point.reading else ""

    def sources(self, point: Point) -> list[Link]:
        """Return links to the sources of a reading."""
        found = point.reading.sources if point.reading else ()
        return [self.part.links.get(each) or Link(each, "") for each in found]

    def elsewhere(self) -> str:
        """Return a sentence on readings of other modes; empty if there are none."""
        return elsewhere(self.answer)

    def place(self, framework: str) -> str:
        """Return the rank of a framework as a sentence; empty if it is not in this matrix."""
        found = self.answer
        for each in found.standings:
            if each.framework == framework:
                score = each.score
                return (
                    f"For {found.whose}, mode {found.mode}: rank {each.rank} of "
                    f"{len(found.standings)}, {tenths(score.mid)} points "
                    f"({tenths(score.low)}–{tenths(score.high)}), probability of rank 1 "
                    f"{found.chances[framework]:.2f}."
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
        """Return the data for the script, with unrounded numbers."""
        names = list(self.answer.weights)
        return {
            "criteria": [{"name": name, "title": self.criteria[name].title} for name in names],
            "frameworks": [_framework(each, names) for each in self.answer.scored],
            "absent": self.answer.absent,
            "roles": {name: role for name in self.answer.roles if (role := self.role(name))},
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
