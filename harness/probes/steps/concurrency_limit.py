"""Concurrency limit of one kind of step."""

from __future__ import annotations

from harness.model import Verdict
from harness.probes.model import Judgement, Observation, Probe, body, ignored, inconclusive, works
from harness.results.journal import most_at_once

_WIDTH, _LIMIT = 4, 1


def judge(seen: Observation) -> Judgement:
    """Judge whether limited steps never overlap while steps without a limit do."""
    free, limited = most_at_once(seen.only.of("free")), most_at_once(seen.only.of("limited"))
    if len(seen.only.of("limited")) != _WIDTH:
        return inconclusive(f"{len(seen.only.of('limited'))} of {_WIDTH} limited steps ran")
    if free <= _LIMIT and seen.only.answer.get("sequential"):
        return Judgement(
            Verdict.NEEDS,
            "the limit was accepted, but this mode runs one step at a time anyway",
        )
    if free <= _LIMIT:
        return inconclusive("steps without a limit did not run at once, so the limit is not tested")
    if limited > _LIMIT:
        return ignored(f"{limited} steps at once with a limit of {_LIMIT}")
    return works(f"{limited} at once with a limit of {_LIMIT}, {free} without a limit")


PROBE = Probe(
    name="concurrency_limit",
    title="Concurrency limit",
    asks="Can the number of steps of one kind at once be limited?",
    hook='Run settings["width"] steps `free` side by side; then as many steps `limited`, with the '
    'framework\'s own limit set to settings["limit"] at once. Return {"sequential": whether this '
    "mode, by its documentation, never runs two steps at once}.",
    judge=judge,
    # As long as an engine may need to start the next step beside it.
    bodies={name: body("sleep", seconds=3.0) for name in ("free", "limited")},
    settings={"width": _WIDTH, "limit": _LIMIT},
    timeout_s=240.0,  # some start a cluster of processes for each kind
)
