"""The whole selection in one go: who stands where, how sure that is, and what would change it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.matrix import chance, ranking
from harness.matrix.model import Answer, Criteria, Reading, Removed, Score, Scored
from harness.matrix.scoring import scored
from harness.matrix.weights import Uncertainty

#: Below this share of what the weights ask for, the answer says how little is known.
LITTLE = 0.5


def answer(
    criteria: Criteria,
    readings: Sequence[Reading],
    frameworks: Mapping[str, str],
    mode: str,
    whose: str,
    weights: Mapping[str, float],
    uncertainty: Uncertainty,
    removed: Sequence[Removed] = (),
    runs: Sequence[str] = (),
) -> Answer:
    """Rank those frameworks that nothing speaks against.

    ``frameworks`` are all, each with the reason why it is not to be ranked, empty for most. Nor is
    one ranked of which nothing is known. Both are scored all the same.
    """
    every = [scored(criteria, name, readings, mode) for name in sorted(frameworks)]
    gone = {each.framework for each in removed}
    unranked = [
        Removed(each.framework, frameworks[each.framework] or "nothing is known of it")
        for each in every
        if each.framework not in gone and (frameworks[each.framework] or not each.known)
    ]
    aside = gone | {each.framework for each in unranked}
    candidates = [each for each in every if each.framework not in aside]
    return Answer(
        whose=whose,
        mode=mode,
        weights=dict(weights),
        standings=tuple(ranking.standings(candidates, weights)),
        chances=chance.of_first(candidates, weights, uncertainty),
        move=ranking.smallest_move(candidates, weights),
        spans=ranking.spans(candidates, weights),
        removed=tuple(removed),
        unranked=tuple(unranked),
        scored=tuple(every),
        readings=tuple(runs),
    )


def sentence(found: Answer, criteria: Criteria) -> str:
    """The answer in words, with how sure it is."""
    if not found.standings:
        return f"For {found.whose}: nobody is left to choose."
    first = found.standings[0]
    said = f"For {found.whose}: {first.framework}"
    if len(found.standings) == 1:
        said += ", because nobody else is left"
    else:
        said += (
            f", with probability {found.chances[first.framework]:.2f}; {_change(found, criteria)}"
        )
    if first.known < LITTLE:
        said += f". Only {first.known:.0%} of what these weights ask for is known of it"
    return f"{said}."


def elsewhere(found: Answer) -> str:
    """How much was read in other modes than the one that is compared; empty if nothing was."""
    counts = []
    for one in found.scored:
        read = [p.reading for each in one.criteria.values() for p in each.points if p.known]
        other = sum(each is not None and each.mode not in ("", found.mode) for each in read)
        if other:
            counts.append(f"{other} of {len(read)} readings for {one.framework}")
    if not counts:
        return ""
    return (
        f"Times are of mode {found.mode}; a feature counts in whichever mode a framework has it. "
        f"Of other modes than {found.mode}: {', '.join(counts)}."
    )


def _change(found: Answer, criteria: Criteria) -> str:
    if level := found.first[1:]:
        return f"{' and '.join(level)} {'has' if len(level) == 1 else 'have'} as many points"
    move = found.move
    if move is None:
        return "no other weights would change that"
    sources = [criteria.criteria[name].title for name in move.taken]
    listed = " and ".join(filter(None, [", ".join(sources[:-1]), sources[-1]]))
    onto = criteria.criteria[move.onto].title
    return (
        f"{move.to} would win if {ranking.tenths(move.points / 100)} of 100 points of weight "
        f"went from {listed} to {onto}"
    )


def total_of(found: Answer, one: Scored) -> Score:
    """The weighted score of any framework, also of one that is not ranked."""
    return ranking.total(one, found.weights)
