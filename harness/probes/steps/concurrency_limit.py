"""No more than so many at once, of a certain kind of step."""

from __future__ import annotations

from harness.model import Verdict
from harness.probes.model import Judgement, Observation, Probe, body, ignored, inconclusive, works
from harness.results.journal import most_at_once

_WIDTH, _LIMIT = 4, 1


def judge(seen: Observation) -> Judgement:
    """Limited steps never overlap, while those without a limit did."""
    free, limited = most_at_once(seen.only.of("free")), most_at_once(seen.only.of("limited"))
    if len(seen.only.of("limited")) != _WIDTH:
        return inconclusive(f"{len(seen.only.of('limited'))} of {_WIDTH} limited steps ran")
    if free <= _LIMIT and seen.only.answer.get("sequential"):
        return Judgement(
            Verdict.NEEDS, "the limit was accepted; this mode runs steps one after another anyway"
        )
    if free <= _LIMIT:
        return inconclusive("steps without a limit did not run at once either")
    if limited > _LIMIT:
        return ignored(f"{limited} at once with a limit of {_LIMIT}")
    return works(f"{limited} at once with a limit of {_LIMIT}, {free} without")


PROBE = Probe(
    name="concurrency_limit",
    title="Concurrency limit",
    asks="Can it be said how many steps of a kind run at once?",
    hook='Run settings["width"] `free` side by side; then as many `limited`, natively limited to '
    'settings["limit"] at once. Return {"sequential": whether this mode never runs two steps at '
    "once, by its documentation}.",
    judge=judge,
    # As long as it may take until the next one is started beside it.
    bodies={name: body("sleep", seconds=3.0) for name in ("free", "limited")},
    settings={"width": _WIDTH, "limit": _LIMIT},
    timeout_s=240.0,  # some start a cluster of processes for each of both
)
