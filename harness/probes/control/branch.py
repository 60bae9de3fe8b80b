"""Conditional branch: a result chooses one of two steps."""

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
    """Judge whether only the chosen branch ran, and the step that joins both after it."""
    run = seen.only
    if run.of("right"):
        return ignored("the branch that was not chosen ran as well")
    if not once(run, "decide", "left"):
        return partly("the chosen branch did not run exactly once")
    if not run.of("join"):
        return partly("the step that joins both branches did not run")
    if not before(run, "decide", "left", "join"):
        return partly("the steps did not run in their order")
    return works("only the chosen branch ran, and the joining step after it")


PROBE = Probe(
    name="branch",
    title="Conditional branch",
    asks="Can a result decide which branch of a run is executed?",
    hook='Run `decide`, which returns "left"; then `left` or `right`, chosen by that result with '
    "the framework's own construct; then `join` after the chosen branch.",
    judge=judge,
    bodies={
        "decide": body("say", word="left"),
        "left": body("say", word="left"),
        "right": body("say", word="right"),
        "join": body("say", word="joined"),
    },
)
