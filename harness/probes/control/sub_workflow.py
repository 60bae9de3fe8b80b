"""A workflow as a step of another."""

from __future__ import annotations

from harness.probes.judging import before, once
from harness.probes.model import Judgement, Observation, Probe, body, partly, works

_STEPS = ("before", "inner_1", "inner_2", "after")


def judge(seen: Observation) -> Judgement:
    """The child's steps run between the parent's; the engine knows it, and still the parent."""
    run = seen.only
    if not once(run, *_STEPS) or not before(run, *_STEPS):
        return partly("the child's steps did not run once each between the parent's")
    child = run.answer.get("child")
    if not child:
        return partly("the child's steps are the parent's: the engine knows no child of it")
    if lost := run.answer.get("lost"):
        return partly(f"the engine knows the child as {child}, but {lost}")
    return works(f"the engine knows the child as {child}")


PROBE = Probe(
    name="sub_workflow",
    title="Sub-workflow",
    asks="Can a workflow be a step of another?",
    hook="Run `before`, a child workflow of `inner_1` and `inner_2`, and `after`. Return "
    '{"child": how the engine names the child, or None if it keeps none, "lost": what the parent '
    "loses by it, if anything}.",
    judge=judge,
    bodies={name: body("say", word=name) for name in _STEPS},
)
