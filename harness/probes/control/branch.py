"""One of two ways, by a result."""

from __future__ import annotations

from harness.probes.judging import before, once
from harness.probes.model import (
    Judgement,
    Observation,
    Probe,
    body,
    ignored,
    partly,
    works,
)


def judge(seen: Observation) -> Judgement:
    """Only the chosen way runs, and what comes after both runs too."""
    run = seen.only
    if run.of("right"):
        return ignored("the way that was not chosen ran as well")
    if not once(run, "decide", "left"):
        return partly("the chosen way did not run once")
    if not run.of("join"):
        return partly("what joins both ways did not run after one of them")
    if not before(run, "decide", "left", "join"):
        return partly("the steps did not keep their order")
    return works("the chosen way ran, the other did not, and both were joined")


PROBE = Probe(
    name="branch",
    title="Conditional branch",
    asks="Can a result decide which way a run takes?",
    hook='Run `decide`, which returns "left"; then `left` or `right` by its result, natively; then '
    "`join` after whichever ran.",
    judge=judge,
    bodies={
        "decide": body("say", word="left"),
        "left": body("say", word="left"),
        "right": body("say", word="right"),
        "join": body("say", word="joined"),
    },
)
