"""Loop: the same step repeated until a condition holds."""

from __future__ import annotations

from harness.probes.judging import finished, overlap_free
from harness.probes.model import Judgement, Observation, Probe, body, partly, works

_ROUNDS = 3


def judge(seen: Observation) -> Judgement:
    """Judge the number of rounds, which follows only from the results."""
    run = seen.only
    rounds = run.of("counter")
    if len(rounds) != _ROUNDS or not finished(run, "counter"):
        return partly(f"{len(rounds)} rounds instead of {_ROUNDS}")
    if not overlap_free(rounds):
        return partly("rounds ran at the same time")
    return works(f"{_ROUNDS} rounds, ended by the result")


PROBE = Probe(
    name="loop",
    title="Loop until a condition",
    asks="Can a step be repeated until its result meets a condition?",
    hook="Within one run, repeat `counter`, each time as a new step, until it returns 3.",
    judge=judge,
    bodies={"counter": body("counter")},
)
