"""Other decision methods on the same scores and weights, by pymcdm.

Each method makes other assumptions; if one has another winner, the choice depends on the method.
SPOTIS, which is free of rank reversal, *is* the weighted mean on the same fixed bounds (a test
checks that); so RIM is the method here that is free of rank reversal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from harness.matrix.lazy_imports import lazily_imported
from harness.matrix.model import Answer, Dissent, Scored

#: PROMETHEE II: differences up to the first do not count, from the second on they count fully.
INDIFFERENT, WHOLE = 0.05, 0.2

#: Plots and tables of the library take five times as long to import as the rest of it.
_NEVER_ASKED = ("pandas", "pymcdm.visuals", "pymcdm.weights", "pymcdm.methods.comet_tools")

_DIGITS = 9  # values equal in these digits are equal: the rest is rounding

_ABOUT = {
    "TOPSIS": "nearest to the best, furthest from the worst of those compared",
    "PROMETHEE II": "pairs: under 5 points nothing, from 20 on all of a criterion",
    "RIM": "nearest to 100 points in everything; other frameworks do not matter",
}


def of_others(all_scored: Sequence[Scored], weights: Mapping[str, float]) -> tuple[Dissent, ...]:
    """Return each method's order, the best first; empty if fewer than two frameworks differ."""
    names = [each.framework for each in all_scored]
    counted = {name: weight for name, weight in weights.items() if weight}
    rows = [[each.criteria[name].score.mid for name in counted] for each in all_scored]
    if len({tuple(row) for row in rows}) < 2:
        return ()
    with lazily_imported(*_NEVER_ASKED):
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
        # Its own check warns of dominated alternatives; here these are valid input.
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
