"""The answer of a selection: the ranking, how sure it is, and what would change it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.matrix import chance, ranking
from harness.matrix.model import Answer, Criteria, Reading, Removed, Score, Scored
from harness.matrix.scoring import scored
from harness.matrix.weights import Uncertainty

#: If less than this share of the weighted indicators is known, the answer says so.
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
    roles: Mapping[str, str] | None = None,
    absent: Sequence[str] = (),
) -> Answer:
    """Rank the frameworks that are candidates, and score all of them.

    ``frameworks`` maps each framework to the reason for not ranking it, which is empty for most. A
    framework without any known reading is not ranked either. Both kinds are still scored.
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
        absent=tuple(name for name in absent if name in frameworks),
        roles={name: role for name, role in (roles or {}).items() if name in frameworks},
    )


def sentence(found: Answer, criteria: Criteria) -> str:
    """Return the answer in words, with its probability."""
    if not found.standings:
        return f"For {found.whose}: no framework is left to choose from."
    first = found.standings[0]
    said = f"For {found.whose}: {first.framework}"
    if len(found.standings) == 1:
        said += ", because no other framework is left"
    else:
        said += (
            f", with probability {found.chances[first.framework]:.2f}; {_change(found, criteria)}"
        )
    if first.known < LITTLE:
        said += f". Only {first.known:.0%} of what these weights ask for is known of it"
    return f"{said}."


def elsewhere(found: Answer) -> str:
    """Return a sentence on the readings of other modes than the compared one, or an empty text."""
    counts = []
    for one in (each for each in found.scored if each.framework not in found.absent):
        read = [p.reading for each in one.criteria.values() for p in each.points if p.known]
        other = sum(each is not None and each.mode not in ("", found.mode) for each in read)
        if other:
            counts.append(f"{other} of {len(read)} readings for {one.framework}")
    if not counts:
        return ""
    return (
        f"Times are of mode {found.mode}; a feature counts if a framework has it in any mode. "
        f"From other modes than {found.mode}: {', '.join(counts)}."
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
    """Return the weighted score of any framework, ranked or not."""
    return ranking.total(one, found.weights)
