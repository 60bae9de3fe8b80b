"""Dynamic fan-out: one step for each element of an upstream result."""

from __future__ import annotations

from harness.probes.judging import finished, once, overlap_free
from harness.probes.model import Judgement, Observation, Probe, body, partly, works

_WIDTH = 7


def judge(seen: Observation) -> Judgement:
    """Judge whether each element got a step; the width is known only at run time."""
    run = seen.only
    squares, expected = run.of("square"), sum(n * n for n in range(1, _WIDTH + 1))
    if len(squares) != _WIDTH or not once(run, "source", "total"):
        return partly(f"{len(squares)} steps for {_WIDTH} elements")
    if not overlap_free(run.of("source") + squares[:1]) or not finished(run, "square"):
        return partly("the fanned-out steps did not wait for the result that they depend on")
    if run.answer.get("total") != expected:
        return partly(f"the results added up to {run.answer.get('total')}, not {expected}")
    return works(f"{_WIDTH} steps for {_WIDTH} elements known only at run time")


PROBE = Probe(
    name="dynamic_fan_out",
    title="Dynamic fan-out",
    asks="Can the number of steps depend on a result?",
    hook="Run `source`, then one `square` for each element of its result with the framework's own "
    "construct for this, then `total` over the squares. Return "
    '{"total": the result of `total`}.',
    judge=judge,
    bodies={
        "source": body("source", width=_WIDTH),
        "square": body("square"),
        "total": body("total"),
    },
)
