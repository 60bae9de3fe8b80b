"""Sub-workflow: a workflow as a step of another."""

from __future__ import annotations

from harness.probes.judging import before, once
from harness.probes.model import Judgement, Observation, Probe, body, partly, works

_STEPS = ("before", "inner_1", "inner_2", "after")


def judge(seen: Observation) -> Judgement:
    """Judge the order of all steps, and whether the engine records both child and parent."""
    run = seen.only
    if not once(run, *_STEPS) or not before(run, *_STEPS):
        return partly("the child's steps did not each run once between the parent's steps")
    child = run.answer.get("child")
    if not child:
        return partly("the engine records the child's steps as the parent's, not as a child")
    if lost := run.answer.get("lost"):
        return partly(f"the engine records the child as {child}, but {lost}")
    return works(f"the engine records the child as {child}")


PROBE = Probe(
    name="sub_workflow",
    title="Sub-workflow",
    asks="Can a workflow be a step of another?",
    hook="Run `before`, then a child workflow of `inner_1` and `inner_2`, then `after`. Return "
    '{"child": the engine\'s name or id of the child, or None if it does not record one, "lost": '
    "the feature that the parent loses by having a child, as a clause, if any}.",
    judge=judge,
    bodies={name: body("say", word=name) for name in _STEPS},
)
