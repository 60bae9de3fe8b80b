"""What other methods of decision say of the same scores and weights, by pymcdm.

They are asked because each takes something else for granted; where one has another winner, the
choice depends on the method. SPOTIS, which is free of rank reversal, on the same fixed bounds *is*
the weighted mean (a test holds that); so the method here that is free of it is another one, RIM.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from harness.matrix.lazy_imports import postponed
from harness.matrix.model import Answer, Dissent, Scored

#: PROMETHEE II: differences up to the first count nothing, from the second on wholly.
INDIFFERENT, WHOLE = 0.05, 0.2

#: The library brings plots and tables with it, which take five times as long to import as itself.
_NEVER_ASKED = ("pandas", "pymcdm.visuals", "pymcdm.weights", "pymcdm.methods.comet_tools")

_DIGITS = 9  # what is equal in these is equal: the rest is rounding

_ABOUT = {
    "TOPSIS": "nearest to the best, furthest from the worst of those compared",
    "PROMETHEE II": "pairs: under 5 points nothing, from 20 on all of a criterion",
    "RIM": "nearest to 100 points in everything; nobody's company matters",
}


def of_others(all_scored: Sequence[Scored], weights: Mapping[str, float]) -> tuple[Dissent, ...]:
    """Each method's order, the best first; none where there is nothing to choose between."""
    names = [each.framework for each in all_scored]
    counted = {name: weight for name, weight in weights.items() if weight}
    rows = [[each.criteria[name].score.mid for name in counted] for each in all_scored]
    if len({tuple(row) for row in rows}) < 2:
        return ()
    with postponed(*_NEVER_ASKED):
        from pymcdm import methods

    matrix, count = np.array(rows), len(counted)
    shares = np.array(list(counted.values())) / sum(counted.values())
    asked = {
        "TOPSIS": methods.TOPSIS(),
        "PROMETHEE II": methods.PROMETHEE_II(
            "vshape_2", p=np.full(count, WHOLE), q=np.full(count, INDIFFERENT)
        ),
        "RIM": methods.RIM(np.array([[0.0, 1.0]] * count)),
    }
    found = []
    for method, ask in asked.items():
        # Its own check warns of those that are dominated: here that is an answer, and no mistake.
        said = ask(matrix, shares, np.ones(count), validation=False)
        points = {name: round(float(one), _DIGITS) for name, one in zip(names, said, strict=True)}
        order = tuple(sorted(names, key=lambda name: (-points[name], name)))
        level = sum(one == points[order[0]] for one in points.values())
        found.append(Dissent(method, _ABOUT[method], order, level))
    return tuple(found)


def dissent(answer: Answer) -> tuple[Dissent, ...]:
    """Return the order of each other method for the frameworks that ``answer`` ranks."""
    ranked = {each.framework for each in answer.standings}
    return of_others([each for each in answer.scored if each.framework in ranked], answer.weights)
